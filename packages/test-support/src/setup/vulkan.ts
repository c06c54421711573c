import { existsSync, readdirSync } from "node:fs";
import { installDebian } from "./debian.ts";

const DRIVERS = "/usr/share/vulkan/icd.d";

/** Whether Mesa's software Vulkan is installed, with which the native viewer draws without a screen. */
export function hasVulkan(): boolean {
  return existsSync(DRIVERS) && readdirSync(DRIVERS).some((name) => name.startsWith("lvp"));
}

/** Installs Mesa's software Vulkan if it is missing. Returns whether it is installed now. */
export async function ensureVulkan(): Promise<boolean> {
  return hasVulkan() || ((await installDebian(["mesa-vulkan-drivers", "libvulkan1"])) && hasVulkan());
}
