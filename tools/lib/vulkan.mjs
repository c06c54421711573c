import { existsSync, readdirSync } from "node:fs";
import { installDebian } from "./install.mjs";

const DRIVERS = "/usr/share/vulkan/icd.d";

/** Whether the native viewer can draw without a screen: Mesa's software Vulkan is there. */
export function hasVulkan() {
  return existsSync(DRIVERS) && readdirSync(DRIVERS).some((name) => name.startsWith("lvp"));
}

/** Installs it if it is not there. Returns whether it is there now. */
export async function ensureVulkan() {
  return hasVulkan() || ((await installDebian(["mesa-vulkan-drivers", "libvulkan1"])) && hasVulkan());
}
