import { existsSync } from "node:fs";
import { installDebian } from "./debian.ts";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Finds Chromium: `CHROMIUM` in the environment, or the usual paths. `undefined` if it is not installed. */
export function chromiumPath(): string | undefined {
  return [process.env["CHROMIUM"], ...PATHS].find((path) => path !== undefined && existsSync(path));
}

/** Installs Chromium if it is missing. Returns whether it is installed now. */
export async function ensureChromium(): Promise<boolean> {
  return chromiumPath() !== undefined || ((await installDebian(["chromium"])) && chromiumPath() !== undefined);
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

/** Options with which Playwright starts the installed Chromium. */
export function chromiumLaunchOptions(): { readonly args: string[]; readonly executablePath?: string } {
  const executablePath = chromiumPath();
  return { args: chromiumArguments, ...(executablePath !== undefined && { executablePath }) };
}
