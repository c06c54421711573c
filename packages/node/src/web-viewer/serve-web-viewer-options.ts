import { fileURLToPath } from "node:url";
import { describeUnknown, describeValue } from "@rerun-ts/core/internal";

const DEFAULT_WEB_PORT = 9090;
const LOOPBACK = "127.0.0.1";

/** How far the web viewer is unpacked; that takes a few seconds, the first time. */
export interface UnpackProgress {
  /** Bytes of its files that are done, of so many. */
  readonly bytes: number;
  readonly totalBytes: number;
}

/** Options of {@link serveWebViewer}. */
export interface ServeWebViewerOptions {
  /** Where it listens; 0 takes a port that is free. Default 9090. */
  webPort?: number | undefined;
  /** The address it listens on. Default `"127.0.0.1"`: this machine alone. */
  bindIp?: string | undefined;
  /** Open it in the browser. Default `true`. */
  openBrowser?: boolean | undefined;
  /** What it shows: addresses of servers or of `.rrd` files. Default: what the page's own address says. */
  connectTo?: string | URL | readonly (string | URL)[] | undefined;
  /**
   * Where its files are from: `"rerun"`, the program of that name, which holds its own; `"npm"`, the package
   * `@rerun-io/web-viewer`; or a folder. Default `"auto"`: a `rerun` of the right version, else the package, else any `rerun`.
   */
  assets?: "auto" | "rerun" | "npm" | (string & {}) | URL | undefined;
  /** Keep no program alive. Default `false`. */
  unref?: boolean | undefined;
  /** Told how far it is unpacked. Default: on a terminal, a line on standard error. */
  onProgress?: ((progress: UnpackProgress) => void) | undefined;
  /** Told what is odd, but no reason to stop. Default: a line on standard error. */
  onWarning?: ((message: string) => void) | undefined;
}

/** Options that were checked, with their defaults. */
export interface WebViewerSettings {
  readonly webPort: number;
  readonly bindIp: string;
  readonly opensBrowser: boolean;
  readonly connectTo: readonly string[];
  readonly assets: string;
  readonly isUnref: boolean;
  readonly onProgress: (progress: UnpackProgress) => void;
  readonly onWarning: (message: string) => void;
}

const KNOWN: Readonly<Record<keyof ServeWebViewerOptions, 1>> = {
  webPort: 1,
  bindIp: 1,
  openBrowser: 1,
  connectTo: 1,
  assets: 1,
  unref: 1,
  onProgress: 1,
  onWarning: 1,
};

/** Checks the options, before anything is done. @throws {TypeError} that names the wrong one */
export function checkWebViewerOptions(options: ServeWebViewerOptions = {}): WebViewerSettings {
  const { webPort = DEFAULT_WEB_PORT, bindIp = LOOPBACK, openBrowser = true, unref = false } = options;
  if (!Number.isInteger(webPort) || webPort < 0 || webPort > 65_535)
    throw wrong("webPort", "a whole number from 0 to 65535", webPort);
  if (typeof bindIp !== "string" || bindIp === "") throw wrong("bindIp", "an address", bindIp);
  const onWarning = options.onWarning ?? ((message: string) => console.error(`[rerun] ${message}`));
  const notice = describeUnknown("serveWebViewer", options, KNOWN);
  if (notice !== undefined) onWarning(notice);
  return {
    webPort,
    bindIp,
    opensBrowser: flag("openBrowser", openBrowser),
    connectTo: addresses(options.connectTo),
    assets: assets(options.assets),
    isUnref: flag("unref", unref),
    onProgress: options.onProgress ?? (process.stderr.isTTY ? printProgress : () => {}),
    onWarning,
  };
}

function printProgress({ bytes, totalBytes }: UnpackProgress): void {
  const end = bytes === totalBytes ? "\n" : "";
  process.stderr.write(`\r[rerun] unpacking the web viewer, once: ${Math.floor((100 * bytes) / totalBytes)} %${end}`);
}

function addresses(connectTo: ServeWebViewerOptions["connectTo"] = []): readonly string[] {
  const all = typeof connectTo === "string" || connectTo instanceof URL ? [connectTo] : connectTo;
  if (Array.isArray(all) && all.every((url) => (typeof url === "string" && url !== "") || url instanceof URL))
    return all.map(String);
  throw wrong("connectTo", "an address, or an array of them", connectTo);
}

function assets(value: ServeWebViewerOptions["assets"] = "auto"): string {
  if (value instanceof URL && value.protocol === "file:") return fileURLToPath(value);
  if (typeof value === "string" && value !== "") return value;
  throw wrong("assets", '"auto", "rerun", "npm", or the path of a folder', value);
}

function flag(name: string, value: boolean): boolean {
  if (typeof value === "boolean") return value;
  throw wrong(name, "true or false", value);
}

function wrong(name: string, expected: string, value: unknown): TypeError {
  return new TypeError(`\`${name}\` must be ${expected}, got ${describeValue(value)}`);
}
