import { fileURLToPath } from "node:url";
import { checkOptions, type OptionNames, invalidArgument, isUrl } from "@rerun-ts/core/checks";
import { checkAllowHosts } from "../net/host-names.ts";

const DEFAULT_WEB_PORT = 9090;
const LOOPBACK = "127.0.0.1";

/** The progress of unpacking the web viewer. It takes a few seconds the first time. */
export interface UnpackProgress {
  /** The size of the unpacked files, in bytes. */
  readonly bytes: number;
  /** The size of all files, in bytes. */
  readonly totalBytes: number;
}

/** Options of {@link serveWebViewer}. */
export interface ServeWebViewerOptions {
  /** The port to listen on. 0 takes a free one. Default 9090. */
  webPort?: number | undefined;
  /** The address to listen on. Default `"127.0.0.1"`: only this machine can connect. */
  bindIp?: string | undefined;
  /**
   * Allowed host names of the page, besides `localhost` and addresses, e.g. `"robot.local"`. `*` matches any
   * characters: `"*.example.com"`. Default: none.
   */
  allowHosts?: string | readonly string[] | undefined;
  /** Whether to open the web viewer in the default browser. Default `true`. */
  openBrowser?: boolean | undefined;
  /** The URLs of the servers or `.rrd` files to show. Default: the parameters of the page's own URL. */
  connectTo?: string | URL | readonly (string | URL)[] | undefined;
  /**
   * The source of its files: `"rerun"` for the program of that name, which contains them, `"npm"` for the package
   * `@rerun-io/web-viewer`, `"pypi"` for Rerun's package for notebooks, which pip downloads once (17 MB), or the path
   * of a folder. Default `"auto"`: a `rerun` of the matching version, or else the package, or else any `rerun`, or else
   * the download.
   */
  assets?: "auto" | "rerun" | "npm" | "pypi" | (string & {}) | URL | undefined;
  /** Whether the process may end although the server listens. Default `false`. */
  unref?: boolean | undefined;
  /** Called while the web viewer is unpacked. Default: on a terminal, prints a line on standard error. */
  onProgress?: ((progress: UnpackProgress) => void) | undefined;
  /** Called with warnings, and before a download. Default: prints a line on standard error. */
  onWarning?: ((message: string) => void) | undefined;
}

/** The checked options, complete with defaults. */
export interface WebViewerSettings {
  readonly webPort: number;
  readonly bindIp: string;
  readonly allowHosts: readonly string[];
  readonly opensBrowser: boolean;
  readonly connectTo: readonly string[];
  readonly assets: string;
  readonly isUnref: boolean;
  readonly onProgress: (progress: UnpackProgress) => void;
  readonly onWarning: (message: string) => void;
}

const KNOWN: OptionNames<ServeWebViewerOptions> = {
  webPort: 1,
  bindIp: 1,
  allowHosts: 1,
  openBrowser: "boolean",
  connectTo: 1,
  assets: 1,
  unref: "boolean",
  onProgress: "function",
  onWarning: "function",
};

/** Checks the options. @throws {TypeError} if one is wrong */
export function checkWebViewerOptions(options: ServeWebViewerOptions = {}): WebViewerSettings {
  checkOptions("serveWebViewer", options, KNOWN);
  const { webPort = DEFAULT_WEB_PORT, bindIp = LOOPBACK, openBrowser = true, unref = false } = options;
  if (!Number.isInteger(webPort) || webPort < 0 || webPort > 65_535)
    throw invalidArgument("webPort", "an integer from 0 to 65535", webPort);
  if (typeof bindIp !== "string" || bindIp === "")
    throw invalidArgument("bindIp", 'an address to listen on, e.g. "127.0.0.1"', bindIp);
  const onWarning = options.onWarning ?? ((message: string) => console.error(`[rerun] ${message}`));
  return {
    webPort,
    bindIp,
    allowHosts: checkAllowHosts(options.allowHosts),
    opensBrowser: openBrowser,
    connectTo: urls(options.connectTo),
    assets: assets(options.assets),
    isUnref: unref,
    onProgress: options.onProgress ?? (process.stderr.isTTY ? printProgress : () => {}),
    onWarning,
  };
}

function printProgress({ bytes, totalBytes }: UnpackProgress): void {
  const end = bytes === totalBytes ? "\n" : "";
  process.stderr.write(
    `\r[rerun] unpacking the web viewer (only once): ${Math.floor((100 * bytes) / totalBytes)} %${end}`,
  );
}

function urls(connectTo: ServeWebViewerOptions["connectTo"] = []): readonly string[] {
  const all = typeof connectTo === "string" || isUrl(connectTo) ? [connectTo] : connectTo;
  if (Array.isArray(all) && all.every((url) => (typeof url === "string" && url !== "") || isUrl(url)))
    return all.map(String);
  throw invalidArgument("connectTo", "a URL or an array of URLs", connectTo);
}

function assets(value: ServeWebViewerOptions["assets"] = "auto"): string {
  if (isUrl(value) && value.protocol === "file:") return fileURLToPath(value);
  if (typeof value === "string" && value !== "") return value;
  throw invalidArgument("assets", '"auto", "rerun", "npm", "pypi", or the path of a folder', value);
}
