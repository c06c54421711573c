import { existsSync } from "node:fs";
import { installDebian } from "./debian.ts";

/**
 * Chromium without windows, which Playwright prefers, too: it takes a third less processor time, because the whole of
 * Chromium draws its toolbars even when nobody sees them.
 */
const SHELL = "/usr/lib/chromium/chromium-headless-shell";
const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** OpenGL in software, and the files by which it is found. */
const MESA_PACKAGES: readonly string[] = ["libegl1", "libgl1-mesa-dri"];
const MESA_VENDOR = "/usr/share/glvnd/egl_vendor.d/50_mesa.json";
const MESA_DRIVERS = ["x86_64", "aarch64"].map((name) => `/usr/lib/${name}-linux-gnu/dri/swrast_dri.so`);

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
  if (await installDebian(["chromium-headless-shell", ...MESA_PACKAGES])) return true;
  return path !== undefined || (await installDebian(["chromium"]));
}

function firstExisting(paths: readonly (string | undefined)[]): string | undefined {
  return paths.find((path) => path !== undefined && existsSync(path));
}

/** Arguments for WebGL by Chromium's own renderer in software, SwiftShader. */
const SWIFTSHADER: readonly string[] = [
  "--disable-gpu",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];

/**
 * The same by Mesa. A frame of a viewer takes half of the processor time, and compiled shaders are kept on disk. Pages
 * themselves are drawn without it, as with SwiftShader.
 */
const MESA: readonly string[] = [
  "--ignore-gpu-blocklist",
  "--disable-gpu-compositing",
  "--use-gl=angle",
  "--use-angle=gl-egl",
];

/** Arguments against network access by the browser itself, and for tests of cameras. */
const OTHERS: readonly string[] = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A camera that shows a test pattern, without asking.
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

/** The arguments for any Chromium: WebGL in software, and no network access by the browser itself. */
export const chromiumArguments: readonly string[] = [...SWIFTSHADER, ...OTHERS];

/** Pages with a viewer end before the optimised code of its 43 MB would be worth the time that compiling it takes. */
const BASELINE_WASM = "--js-flags=--liftoff-only";

/** Options with which Playwright starts the installed Chromium. */
export function chromiumLaunchOptions(): { readonly args: string[]; readonly executablePath?: string } {
  const executablePath = chromiumPath();
  const hasMesa = existsSync(MESA_VENDOR) && firstExisting(MESA_DRIVERS) !== undefined;
  const graphics = executablePath === SHELL && hasMesa ? MESA : SWIFTSHADER;
  const args = [...graphics, ...OTHERS, BASELINE_WASM];
  return { args, ...(executablePath !== undefined && { executablePath }) };
}
