import { checkObject, checkOptions } from "../checks/check-arguments.ts";
import { nonNegative } from "../checks/option-names.ts";

/**
 * The limits of pending rows: the first limit reached sends them as a chunk. Larger chunks are more efficient, smaller
 * ones arrive earlier.
 *
 * @example
 * const rec = new rr.RecordingStream("my_app", { batcher: { flushTickMs: 50, flushNumRows: 1000 } });
 */
export interface BatcherConfig {
  /** The longest time that a row is pending, in milliseconds. `Infinity` means no limit. */
  readonly flushTickMs: number;
  /** The number of bytes at which the rows of an entity are sent. `Infinity` means no limit. */
  readonly flushNumBytes: number;
  /** The number of rows at which the rows of an entity are sent. `Infinity` means no limit. */
  readonly flushNumRows: number;
  /** The largest number of rows in a chunk with unsorted times. */
  readonly chunkMaxRowsIfUnsorted: number;
}

const MIB = 1024 * 1024;

/** Rerun's default. */
export const DEFAULT_BATCHING: BatcherConfig = {
  flushTickMs: 200,
  flushNumBytes: 2 * MIB,
  flushNumRows: Infinity,
  chunkMaxRowsIfUnsorted: 8192,
};

/** Differences from the default for live connections. */
export const LOW_LATENCY_BATCHING: Partial<BatcherConfig> = { flushTickMs: 8 };

/**
 * The batching of a recording with these preferences of its sinks. Each value is the largest of all preferences and
 * Rerun's default, so that no sink receives more chunks than it prefers.
 */
export function mergeBatching(configs: readonly (Partial<BatcherConfig> | undefined)[]): BatcherConfig {
  if (configs.length === 1) return { ...DEFAULT_BATCHING, ...configs[0] };
  const largest = (key: keyof BatcherConfig): number =>
    Math.max(DEFAULT_BATCHING[key], ...configs.map((config) => config?.[key] ?? 0));
  const keys = Object.keys(DEFAULT_BATCHING) as (keyof BatcherConfig)[];
  return { ...DEFAULT_BATCHING, ...Object.fromEntries(keys.map((key) => [key, largest(key)])) };
}

/** Checks the option `batcher`. @throws {TypeError} naming the field that is invalid */
export function checkBatcherConfig(config: Partial<BatcherConfig>): Partial<BatcherConfig> {
  checkObject(config, "batcher");
  checkOptions<object>("batcher", config, DEFAULT_BATCHING);
  const checked: Record<string, number> = {};
  for (const [key, value] of Object.entries(config)) {
    if (value === undefined) continue;
    checked[key] = nonNegative(`batcher.${key}`, value);
  }
  return checked;
}
