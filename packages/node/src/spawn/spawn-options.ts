import { fileURLToPath } from "node:url";
import type { SetSinksOptions } from "@rerun-ts/core";
import { checkOptions, kindOf, nonNegative, type OptionNames, invalidArgument, isUrl } from "@rerun-ts/core/checks";

const DEFAULT_PORT = 9876;
/** The timeout of the native SDKs. */
const DEFAULT_TIMEOUT_MS = 6000;
/** An amount of memory in the form that the viewer accepts. */
const MEMORY = /^(?:\d[\d_]*(?:\.\d+)? ?(?:%|B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)|0)$/;

/** Options of {@link RecordingStream.spawn}. */
export interface SpawnOptions extends SetSinksOptions {
  /** The port of the viewer on this machine. Default 9876. */
  port?: number | undefined;
  /** Whether to start a viewer even if `port` is in use. It then listens on a free port. Default `false`. */
  new?: boolean | undefined;
  /** Whether the recording sends to the viewer from now on. Default `true`. */
  connect?: boolean | undefined;
  /**
   * The memory limit of the viewer: `"16GB"`, or a share of the machine's. Above the limit, the viewer drops its oldest
   * data. Default `"75%"`.
   */
  memoryLimit?: string | undefined;
  /** The limit of the viewer's history for other viewers. Default `"1GiB"`. */
  serverMemoryLimit?: string | undefined;
  /** Whether to hide the welcome screen. Default `false`. */
  hideWelcomeScreen?: boolean | undefined;
  /**
   * Whether to run without a window, as on machines without a display. End such a viewer by its `pid`. Default `false`.
   */
  headless?: boolean | undefined;
  /** Whether the viewer keeps running when the terminal interrupts this program or is closed. Default `true`. */
  detachProcess?: boolean | undefined;
  /** The name of the program in `PATH`. Default: the environment variable `RERUN_CLI_PATH`, or else `"rerun"`. */
  executableName?: string | undefined;
  /** The path of the program. `PATH` and `RERUN_CLI_PATH` are then ignored. */
  executablePath?: string | URL | undefined;
  /** Further arguments, e.g. `["--bind", "127.0.0.1"]` to listen only on the loopback interface. Default: none. */
  extraArgs?: readonly string[] | undefined;
  /** Further environment variables. Default: none. */
  extraEnv?: Readonly<Record<string, string>> | undefined;
  /** Whether to settle once the viewer listens instead of once it has started. Default `true`. */
  waitForBind?: boolean | undefined;
  /**
   * The time to wait for the viewer, in milliseconds. After it a warning is reported, and connecting continues. Default
   * 6000.
   */
  timeoutMs?: number | undefined;
  /** Aborts starting and waiting. A started viewer keeps running. */
  signal?: AbortSignal | undefined;
}

/** The checked options, complete with defaults. */
export interface SpawnSettings {
  readonly port: number;
  readonly isNew: boolean;
  readonly isConnected: boolean;
  readonly isDetached: boolean;
  readonly isHeadless: boolean;
  readonly executableName: string | undefined;
  readonly executablePath: string | undefined;
  /** The arguments of the viewer, except for the port. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly waitForBind: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

export const SPAWN_OPTIONS: OptionNames<SpawnOptions> = {
  port: 1,
  new: "boolean",
  connect: "boolean",
  memoryLimit: 1,
  serverMemoryLimit: 1,
  hideWelcomeScreen: "boolean",
  headless: "boolean",
  detachProcess: "boolean",
  executableName: 1,
  executablePath: 1,
  extraArgs: 1,
  extraEnv: 1,
  waitForBind: "boolean",
  timeoutMs: 1,
  signal: 1,
  defaultBlueprint: 1,
};

/** Checks the options. @throws {TypeError} if one is wrong */
export function checkSpawnOptions(options: SpawnOptions = {}): SpawnSettings {
  checkOptions("spawn", options, SPAWN_OPTIONS);
  const { headless: isHeadless = false } = options;
  const args = [
    `--memory-limit=${memory("memoryLimit", options.memoryLimit, "75%")}`,
    `--server-memory-limit=${memory("serverMemoryLimit", options.serverMemoryLimit, "1GiB")}`,
    "--expect-data-soon",
  ];
  if (options.hideWelcomeScreen === true) args.push("--hide-welcome-screen");
  if (isHeadless) args.push("--headless");
  return {
    port: portNumber(options.port),
    isNew: options.new ?? false,
    isConnected: options.connect ?? true,
    isDetached: options.detachProcess ?? true,
    isHeadless,
    executableName: programName(options.executableName),
    executablePath: programPath(options.executablePath),
    args: [...args, ...strings(options.extraArgs)],
    env: variables(options.extraEnv),
    waitForBind: options.waitForBind ?? true,
    timeoutMs: nonNegative("timeoutMs", options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    signal: abortSignal(options.signal),
  };
}

function portNumber(port: number = DEFAULT_PORT): number {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw invalidArgument("port", "an integer from 1 to 65535", port);
}

function memory(name: keyof SpawnOptions, value: string | undefined, defaultValue: string): string {
  if (value === undefined) return defaultValue;
  if (typeof value === "string" && MEMORY.test(value)) return value;
  throw invalidArgument(name, 'an amount of memory such as "16GB", "512MiB" or "75%"', value);
}

function programName(name: string | undefined): string | undefined {
  if (name === undefined || (typeof name === "string" && name !== "")) return name;
  throw invalidArgument("executableName", "the name of a program", name);
}

function programPath(path: string | URL | undefined): string | undefined {
  if (path === undefined || (typeof path === "string" && path !== "")) return path;
  if (isUrl(path) && path.protocol === "file:") return fileURLToPath(path);
  throw invalidArgument("executablePath", "the path of a program", path);
}

function strings(values: readonly string[] = []): readonly string[] {
  if (Array.isArray(values) && values.every((value) => typeof value === "string")) return values;
  throw invalidArgument("extraArgs", "an array of strings", values);
}

function variables(values: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  // The entries of a `Map` are not its properties.
  const isObject = typeof values === "object" && values !== null && !(Symbol.iterator in values);
  if (isObject && Object.values(values).every((value) => typeof value === "string")) return values;
  throw invalidArgument("extraEnv", "an object whose values are strings", values);
}

function abortSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || kindOf(signal) === "AbortSignal") return signal;
  throw invalidArgument("signal", "an AbortSignal", signal);
}
