import { fileURLToPath } from "node:url";
import type { SetSinksOptions } from "@rerun-ts/core";
import { describeUnknown, describeValue, notNegative } from "@rerun-ts/core/internal";

const DEFAULT_PORT = 9876;
/** As long as the native SDKs wait. */
const DEFAULT_TIMEOUT_MS = 6000;
/** The units that the viewer reads. */
const MEMORY = /^(?:\d[\d_]*(?:\.\d+)? ?(?:%|B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)|0)$/;

/** Options of {@link RecordingStream.spawn}. */
export interface SpawnOptions extends SetSinksOptions {
  /** Where the viewer listens, on this machine. Default 9876. */
  port?: number | undefined;
  /** Start a viewer although someone listens on `port` already: then on a port that is free. Default `false`. */
  new?: boolean | undefined;
  /** Send the recording there from now on. Default `true`. */
  connect?: boolean | undefined;
  /** Of how much memory the viewer gives up its oldest data: `"16GB"`, or a part of the machine's. Default `"75%"`. */
  memoryLimit?: string | undefined;
  /** The same for the server in it, which keeps data for viewers that connect to this one. Default `"1GiB"`. */
  serverMemoryLimit?: string | undefined;
  /** Show nothing instead of the welcome screen. Default `false`. */
  hideWelcomeScreen?: boolean | undefined;
  /** Run without a window: for machines without a screen. Nobody can close it, so end it by its `pid`. Default `false`. */
  headless?: boolean | undefined;
  /** Leave it alone when the terminal interrupts this program, or is closed. Default `true`. */
  detachProcess?: boolean | undefined;
  /** The program to look for in `PATH`. Default: the environment variable `RERUN_CLI_PATH`, else `"rerun"`. */
  executableName?: string | undefined;
  /** The program itself; then nothing is looked for. */
  executablePath?: string | URL | undefined;
  /** More arguments for it, e.g. `["--bind", "127.0.0.1"]` to listen on no other interface. */
  extraArgs?: readonly string[] | undefined;
  /** More environment variables for it. */
  extraEnv?: Readonly<Record<string, string>> | undefined;
  /** Settle when it listens, not when it was started. Default `true`. */
  waitForBind?: boolean | undefined;
  /** The longest to wait for that, in milliseconds; then you are warned, and the connection is tried on. Default 6000. */
  timeoutMs?: number | undefined;
  /** Gives up starting and waiting when it fires; what was started goes on. */
  signal?: AbortSignal | undefined;
}

/** Options that were checked, with their defaults. */
export interface SpawnSettings {
  readonly port: number;
  readonly isNew: boolean;
  readonly isConnected: boolean;
  readonly isDetached: boolean;
  readonly isHeadless: boolean;
  readonly executableName: string | undefined;
  readonly executablePath: string | undefined;
  /** Besides the port. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly waitForBind: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** What users should be told of options that do not exist. */
  readonly notice: string | undefined;
}

const SPAWN_OPTIONS: Readonly<Record<keyof SpawnOptions, 1>> = {
  port: 1,
  new: 1,
  connect: 1,
  memoryLimit: 1,
  serverMemoryLimit: 1,
  hideWelcomeScreen: 1,
  headless: 1,
  detachProcess: 1,
  executableName: 1,
  executablePath: 1,
  extraArgs: 1,
  extraEnv: 1,
  waitForBind: 1,
  timeoutMs: 1,
  signal: 1,
  defaultBlueprint: 1,
};

/** Checks the options, before anything is done. @throws {TypeError} that names the wrong one */
export function checkSpawnOptions(options: SpawnOptions = {}): SpawnSettings {
  if (typeof options !== "object" || options === null) throw wrong("options", "an object", options);
  const isHeadless = flag("headless", options.headless, false);
  const args = [
    `--memory-limit=${memory("memoryLimit", options.memoryLimit, "75%")}`,
    `--server-memory-limit=${memory("serverMemoryLimit", options.serverMemoryLimit, "1GiB")}`,
    "--expect-data-soon",
  ];
  if (flag("hideWelcomeScreen", options.hideWelcomeScreen, false)) args.push("--hide-welcome-screen");
  if (isHeadless) args.push("--headless");
  return {
    port: portNumber(options.port),
    isNew: flag("new", options.new, false),
    isConnected: flag("connect", options.connect, true),
    isDetached: flag("detachProcess", options.detachProcess, true),
    isHeadless,
    executableName: programName(options.executableName),
    executablePath: programPath(options.executablePath),
    args: [...args, ...texts(options.extraArgs)],
    env: variables(options.extraEnv),
    waitForBind: flag("waitForBind", options.waitForBind, true),
    timeoutMs: notNegative("timeoutMs", options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    signal: abortSignal(options.signal),
    notice: describeUnknown("`spawn`", options, SPAWN_OPTIONS),
  };
}

function wrong(name: string, expected: string, value: unknown): TypeError {
  return new TypeError(`\`${name}\` must be ${expected}, got ${describeValue(value)}`);
}

function portNumber(port: number = DEFAULT_PORT): number {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw wrong("port", "a whole number from 1 to 65535", port);
}

function flag(name: keyof SpawnOptions, value: boolean | undefined, byDefault: boolean): boolean {
  if (value === undefined || typeof value === "boolean") return value ?? byDefault;
  throw wrong(name, "true or false", value);
}

function memory(name: keyof SpawnOptions, value: string | undefined, byDefault: string): string {
  if (value === undefined) return byDefault;
  if (typeof value === "string" && MEMORY.test(value)) return value;
  throw wrong(name, 'an amount of memory such as "16GB", "512MiB" or "75%"', value);
}

function programName(name: string | undefined): string | undefined {
  if (name === undefined || (typeof name === "string" && name !== "")) return name;
  throw wrong("executableName", "the name of a program", name);
}

function programPath(path: string | URL | undefined): string | undefined {
  if (path === undefined || (typeof path === "string" && path !== "")) return path;
  if (path instanceof URL && path.protocol === "file:") return fileURLToPath(path);
  throw wrong("executablePath", "the path of a program", path);
}

function texts(values: readonly string[] = []): readonly string[] {
  if (Array.isArray(values) && values.every((value) => typeof value === "string")) return values;
  throw wrong("extraArgs", "an array of texts", values);
}

function variables(values: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const isObject = typeof values === "object" && values !== null && !Array.isArray(values);
  if (isObject && Object.values(values).every((value) => typeof value === "string")) return values;
  throw wrong("extraEnv", "an object whose values are texts", values);
}

function abortSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw wrong("signal", "an AbortSignal", signal);
}
