import { existsSync } from "node:fs";
import { installDebian } from "./debian.ts";

/**
 * Chromium without windows, which Playwright prefers, too: it takes a third less processor time, because the whole of
 * Chromium draws its toolbars even when nobody sees them.
 */
const SHELL = "/usr/lib/chromium/chromium-headless-shell";
const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Finds Chromium for tests: `CHROMIUM` in the environment, its headless shell, or else the whole of it. */
export function chromiumPath(): string | undefined {
  return firstExisting([process.env["CHROMIUM"], SHELL, ...PATHS]);
}

/** Finds the whole of Chromium, as people use it: `CHROMIUM` in the environment, or the usual paths. */
export function wholeChromiumPath(): string | undefined {
  return firstExisting([process.env["CHROMIUM"], ...PATHS]);
}

/** Installs Chromium's headless shell if it is missing, or else Chromium. Returns whether one is installed now. */
export async function ensureChromium(): Promise<boolean> {
  const path = chromiumPath();
  if (path === SHELL || (path !== undefined && path === process.env["CHROMIUM"])) return true;
  if (await installDebian(["chromium-headless-shell"])) return true;
  return path !== undefined || (await installDebian(["chromium"]));
}

function firstExisting(paths: readonly (string | undefined)[]): string | undefined {
  return paths.find((path) => path !== undefined && existsSync(path));
}

/** Arguments for WebGL in software, and against network access by the browser itself. */
export const chromiumArguments: string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A camera that shows a test pattern, without asking.
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

/** Pages with a viewer end before the optimised code of its 43 MB would be worth the time that compiling it takes. */
const BASELINE_WASM = "--js-flags=--liftoff-only";

/** Options with which Playwright starts the installed Chromium. */
export function chromiumLaunchOptions(): { readonly args: string[]; readonly executablePath?: string } {
  const executablePath = chromiumPath();
  return { args: [...chromiumArguments, BASELINE_WASM], ...(executablePath !== undefined && { executablePath }) };
}
