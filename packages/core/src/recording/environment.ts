import type { BatcherConfig } from "../batch/batcher-config.ts";
import { parseBytes } from "../bytes/parse-bytes.ts";
import type { PlatformSettings } from "./recording-options.ts";

/** Environment variables by name, as in `process.env`. Empty in browsers. */
export type Environment = Readonly<Record<string, string | undefined>>;

const OFF = ["0", "false", "off", "no"];
const ON = ["1", "true", "on", "yes"];
/**
 * Reads the settings that Rerun's SDKs take from environment variables. Invalid values are ignored and passed to
 * `warn`.
 */
export function readEnvironment(environment: Environment, warn: (message: string) => void): PlatformSettings {
  return {
    enabled: readSwitch(environment, "RERUN", warn),
    strict: readSwitch(environment, "RERUN_STRICT", warn),
    logTime: readSwitch(environment, "RERUN_LOG_TIME", warn),
    logTick: readSwitch(environment, "RERUN_LOG_TICK", warn),
    batcher: readBatcherConfig(environment, warn),
  };
}

/** Reads a switch. Returns `undefined` if the variable is unset or invalid. */
function readSwitch(environment: Environment, name: string, warn: (message: string) => void): boolean | undefined {
  const text = environment[name];
  if (text === undefined || text === "") return undefined;
  const word = text.toLowerCase();
  if (ON.includes(word)) return true;
  if (OFF.includes(word)) return false;
  warn(`the environment variable ${name} must be "on" or "off", got ${JSON.stringify(text)}; it is ignored`);
  return undefined;
}

/** Reads Rerun's batcher variables. As in the native SDKs, one invalid variable makes it ignore all of them. */
function readBatcherConfig(environment: Environment, warn: (message: string) => void): Partial<BatcherConfig> {
  const config: { -readonly [Key in keyof BatcherConfig]?: BatcherConfig[Key] } = {};
  let isValid = true;
  const read = (name: string, expected: string, parse: (text: string) => number | undefined): number | undefined => {
    const text = environment[name];
    if (text === undefined) return undefined;
    const value = parse(text.trim());
    if (value === undefined) {
      isValid = false;
      warn(
        `the environment variable ${name} must be ${expected}, got ${JSON.stringify(text)}; all batcher variables are ignored`,
      );
    }
    return value;
  };
  const seconds = read("RERUN_FLUSH_TICK_SECS", "a non-negative number of seconds", parseSeconds);
  const bytes = read("RERUN_FLUSH_NUM_BYTES", 'a number of bytes such as "2MiB" or "500kB"', parseBytes);
  const rows = read("RERUN_FLUSH_NUM_ROWS", "a non-negative integer", parseCount);
  const unsorted = read("RERUN_CHUNK_MAX_ROWS_IF_UNSORTED", "a non-negative integer", parseCount);
  const alias = read("RERUN_MAX_CHUNK_ROWS_IF_UNSORTED", "a non-negative integer", parseCount);
  if (!isValid) return {};
  if (seconds !== undefined) config.flushTickMs = seconds * 1000;
  if (bytes !== undefined) config.flushNumBytes = bytes;
  if (rows !== undefined) config.flushNumRows = rows;
  // The old name is applied last, as in Rerun.
  if ((alias ?? unsorted) !== undefined) config.chunkMaxRowsIfUnsorted = (alias ?? unsorted) as number;
  return config;
}

function parseSeconds(text: string): number | undefined {
  const value = Number(text);
  return text !== "" && value >= 0 ? value : undefined;
}

function parseCount(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
