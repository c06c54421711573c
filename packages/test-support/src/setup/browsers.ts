import { existsSync } from "node:fs";
import { startFirefox } from "../browsers/firefox.ts";
import type { BrowserOptions, TestBrowser } from "../browsers/test-browser.ts";
import { startWebKit } from "../browsers/webkit.ts";
import { installDebian } from "./debian.ts";
import type { Missing } from "./rerun.ts";

/** A browser besides Chromium in which tests run. */
interface OtherBrowser {
  /** The packages of Debian that contain it. */
  readonly packages: readonly string[];
  /** Its programs, each with the paths where it may be. */
  readonly programs: readonly (readonly string[])[];
  start(programs: readonly string[], options: BrowserOptions): Promise<TestBrowser>;
}

const XVFB = ["/usr/bin/Xvfb"];

const BROWSERS = {
  "Firefox ESR": {
    packages: ["firefox-esr", "xvfb"],
    programs: [["/usr/bin/firefox-esr"], XVFB],
    start: ([firefox = ""], options) => startFirefox(firefox, options),
  },
  WebKitGTK: {
    // The plugins and libav encode and decode video.
    packages: ["webkit2gtk-driver", "gstreamer1.0-plugins-bad", "gstreamer1.0-libav", "xvfb"],
    programs: [
      ["/usr/bin/WebKitWebDriver"],
      ["x86_64", "aarch64"].map((arch) => `/usr/lib/${arch}-linux-gnu/webkit2gtk-4.1/MiniBrowser`),
      XVFB,
    ],
    start: ([driver = "", miniBrowser = ""], options) => startWebKit({ driver, miniBrowser }, options),
  },
} as const satisfies Readonly<Record<string, OtherBrowser>>;

/** The name of a browser besides Chromium in which tests run. */
export type BrowserName = keyof typeof BROWSERS;

/** The names of all of them. */
export const BROWSER_NAMES: readonly BrowserName[] = Object.keys(BROWSERS) as BrowserName[];

/** Installs a browser if it is missing and this is Debian. Returns the reason if it is still missing. */
export async function ensureBrowser(name: BrowserName): Promise<Missing | undefined> {
  const { packages }: OtherBrowser = BROWSERS[name];
  if (programsOf(name) !== undefined) return undefined;
  if ((await installDebian(packages)) && programsOf(name) !== undefined) return undefined;
  return { missing: `${name} is not installed: apt-get install ${packages.join(" ")}` };
}

/** Starts a browser. @throws if it is not installed */
export function startBrowser(name: BrowserName, options: BrowserOptions): Promise<TestBrowser> {
  const programs = programsOf(name);
  if (programs === undefined) throw new Error(`${name} is not installed`);
  return BROWSERS[name].start(programs, options);
}

/** The paths of the programs of a browser, or `undefined` if one is missing. */
function programsOf(name: BrowserName): string[] | undefined {
  const { programs }: OtherBrowser = BROWSERS[name];
  const found = programs.map((paths) => paths.find((path) => existsSync(path)));
  return found.every((path) => path !== undefined) ? found : undefined;
}
