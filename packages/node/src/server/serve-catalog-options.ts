import { isIP } from "node:net";
import { resolve } from "node:path";
import { checkOptions, invalidArgument, kindOf, nonNegative, type OptionNames } from "@rerun-ts/core/checks";
import { pathOf } from "../file/path-of.ts";
import { statOf } from "../file/stat-of.ts";

/** Options of {@link serveCatalog}. */
export interface ServeCatalogOptions {
  /** The address to listen on. `"0.0.0.0"` also accepts other machines. Default `"127.0.0.1"`. */
  host?: string | undefined;
  /** The port. 0 stands for a free one. Default 0. */
  port?: number | undefined;
  /** Datasets by name: a folder, all of whose recordings are registered, or recordings. Default: none. */
  datasets?: Readonly<Record<string, string | URL | readonly (string | URL)[]>> | undefined;
  /** Tables by name: folders in the format of Lance. Default: none. */
  tables?: Readonly<Record<string, string | URL>> | undefined;
  /** Origins of pages that may connect, such as `"https://*.example.com"`. Default: those of this machine. */
  corsAllowOrigin?: string | readonly string[] | undefined;
  /** The name of the program in `PATH`. Default: the environment variable `RERUN_CLI_PATH`, or else `"rerun"`. */
  executableName?: string | undefined;
  /** The path of the program. `PATH` and `RERUN_CLI_PATH` are then ignored. */
  executablePath?: string | URL | undefined;
  /** The time to wait for the server, in milliseconds. Default 60,000. */
  timeoutMs?: number | undefined;
  /** Aborts the start. */
  signal?: AbortSignal | undefined;
  /** Whether the process may end while the server runs. The server then ends, too. Default `false`. */
  unref?: boolean | undefined;
  /** Called with warnings of the server, e.g. about a damaged recording. Default: prints a line on standard error. */
  onWarning?: ((message: string) => void) | undefined;
}

/** The checked options, complete with defaults. */
export interface CatalogSettings {
  readonly host: string;
  readonly args: readonly string[];
  /** The paths of recordings that are registered one by one, by dataset. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  readonly executableName: string | undefined;
  readonly executablePath: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly isUnref: boolean;
  readonly onWarning: (message: string) => void;
}

const KNOWN: OptionNames<ServeCatalogOptions> = {
  host: 1,
  port: 1,
  datasets: 1,
  tables: 1,
  corsAllowOrigin: 1,
  executableName: 1,
  executablePath: 1,
  timeoutMs: 1,
  signal: 1,
  unref: "boolean",
  onWarning: "function",
};
/** The names of entries that an argument of the server may have. */
const NAME = /^[\w.:\- [\]]{1,180}$/;

/** Checks the options. @throws {TypeError} if one is wrong */
export function checkCatalogOptions(options: ServeCatalogOptions = {}): CatalogSettings {
  checkOptions("serveCatalog", options, KNOWN);
  const { host = "127.0.0.1", port = 0, signal, executableName, executablePath } = options;
  if (typeof host !== "string" || isIP(host) === 0)
    throw invalidArgument("host", 'an IP address such as "127.0.0.1"', host);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw invalidArgument("port", "an integer from 0 to 65535", port);
  if (signal !== undefined && kindOf(signal) !== "AbortSignal")
    throw invalidArgument("signal", "an AbortSignal", signal);
  if (executableName !== undefined && (typeof executableName !== "string" || executableName === ""))
    throw invalidArgument("executableName", "the name of a program", executableName);
  const args = ["--host", host, "--port", String(port)];
  const files = new Map<string, readonly string[]>();
  for (const [name, value] of entriesOf("datasets", options.datasets)) {
    if (Array.isArray(value))
      files.set(
        name,
        value.map((path) => existing(`datasets.${name}`, path, "file")),
      );
    else args.push("--dataset", `${name}=${existing(`datasets.${name}`, value, "folder")}`);
  }
  for (const [name, value] of entriesOf("tables", options.tables))
    args.push("--table", `${name}=${existing(`tables.${name}`, value, "folder")}`);
  for (const origin of originsOf(options.corsAllowOrigin)) args.push("--cors-allow-origin", origin);
  return {
    host,
    args,
    files,
    executableName,
    executablePath:
      executablePath === undefined ? undefined : pathOf("executablePath", "the path of a program", executablePath),
    timeoutMs: nonNegative("timeoutMs", options.timeoutMs ?? 60_000),
    signal,
    isUnref: options.unref ?? false,
    onWarning: options.onWarning ?? ((message) => console.error(`[rerun] ${message}`)),
  };
}

function entriesOf(argument: string, value: unknown = {}): readonly (readonly [string, unknown])[] {
  // The entries of a `Map` are not its properties.
  if (typeof value !== "object" || value === null || Symbol.iterator in value)
    throw invalidArgument(argument, "an object with paths by name", value);
  const entries = Object.entries(value);
  const wrong = entries.find(([name]) => !NAME.test(name));
  if (wrong === undefined) return entries;
  throw invalidArgument(argument, "names of letters, digits, spaces and `_ - . : [ ]`, at most 180 of them", wrong[0]);
}

/** The absolute path of something that exists. */
function existing(argument: string, value: unknown, kind: "file" | "folder"): string {
  const expected = kind === "file" ? "the path of a recording" : "the path of a folder";
  const path = resolve(pathOf(argument, expected, value));
  const found = statOf(path);
  if (kind === "file" ? found?.isFile() === true : found?.isDirectory() === true) return path;
  const advice = kind === "folder" && found?.isFile() === true ? ", or an array of recordings" : "";
  throw invalidArgument(argument, `${expected} that exists${advice}`, path);
}

function originsOf(value: ServeCatalogOptions["corsAllowOrigin"] = []): readonly string[] {
  const all: unknown = typeof value === "string" ? [value] : value;
  if (Array.isArray(all) && all.every((one) => typeof one === "string" && one !== "")) return all as string[];
  throw invalidArgument("corsAllowOrigin", "an origin or an array of origins", value);
}
