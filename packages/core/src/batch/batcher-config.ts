import { invalidArgument } from "../invalid-value-error.ts";
import { nonNegative } from "../options.ts";

/**
 * The limits at which pending rows are sent as a chunk: whichever is reached first. Larger chunks are more efficient,
 * smaller ones arrive earlier.
 *
 * @example
 * const rec = new rr.RecordingStream("my_app", { batcher: { flushTickMs: 50, flushNumRows: 1000 } });
 */
export interface BatcherConfig {
  /** The longest time that a row is pending, in milliseconds; `Infinity` for no limit. */
  readonly flushTickMs: number;
  /** The number of bytes at which the rows of an entity are sent; `Infinity` for no limit. */
  readonly flushNumBytes: number;
  /** The number of rows at which the rows of an entity are sent; `Infinity` for no limit. */
  readonly flushNumRows: number;
  /** The largest number of rows in a chunk whose times are not in ascending order. */
  readonly chunkMaxRowsIfUnsorted: number;
}

const MIB = 1024 * 1024;

/** The type of {@link BATCHER_PRESETS}. */
export interface BatcherPresets {
  /** For files and memory: 200 ms or 2 MiB. */
  readonly default: BatcherConfig;
  /** For live connections: 8 ms or 2 MiB. */
  readonly lowLatency: BatcherConfig;
  /** For tests: each row is sent at once, as a chunk. */
  readonly always: BatcherConfig;
  /** For programs that flush: rows are sent only when the recording is flushed or closed. */
  readonly never: BatcherConfig;
}

/**
 * Rerun's own settings, for the option `batcher`.
 *
 * @example
 * const rec = new rr.RecordingStream("my_app", { batcher: rr.BATCHER_PRESETS.lowLatency });
 */
export const BATCHER_PRESETS: BatcherPresets = {
  default: { flushTickMs: 200, flushNumBytes: 2 * MIB, flushNumRows: Infinity, chunkMaxRowsIfUnsorted: 8192 },
  lowLatency: { flushTickMs: 8, flushNumBytes: 2 * MIB, flushNumRows: Infinity, chunkMaxRowsIfUnsorted: 8192 },
  always: { flushTickMs: Infinity, flushNumBytes: 0, flushNumRows: 0, chunkMaxRowsIfUnsorted: 256 },
  never: { flushTickMs: Infinity, flushNumBytes: Infinity, flushNumRows: Infinity, chunkMaxRowsIfUnsorted: 256 },
};

/**
 * The batching of a recording with these preferences of its sinks. Of several, each value is the largest of theirs and
 * Rerun's default, so that no sink receives more chunks than it prefers.
 */
export function mergeBatching(configs: readonly (Partial<BatcherConfig> | undefined)[]): BatcherConfig {
  const preset: BatcherConfig = BATCHER_PRESETS.default;
  if (configs.length === 1) return { ...preset, ...configs[0] };
  const largest = (key: keyof BatcherConfig): number =>
    Math.max(preset[key], ...configs.map((config) => config?.[key] ?? 0));
  return {
    flushTickMs: largest("flushTickMs"),
    flushNumBytes: largest("flushNumBytes"),
    flushNumRows: largest("flushNumRows"),
    chunkMaxRowsIfUnsorted: largest("chunkMaxRowsIfUnsorted"),
  };
}

/** Checks the option `batcher`. @throws {TypeError} naming the field that is invalid */
export function checkBatcherConfig(config: Partial<BatcherConfig>): Partial<BatcherConfig> {
  if (typeof config !== "object" || config === null) throw invalidArgument("batcher", "an object with limits", config);
  const checked: Record<string, number> = {};
  for (const [key, value] of Object.entries(config)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(BATCHER_PRESETS.default, key)) {
      throw new TypeError(
        `\`batcher\` must be limited to ${Object.keys(BATCHER_PRESETS.default).join(", ")}, got \`${key}\``,
      );
    }
    checked[key] = nonNegative(`batcher.${key}`, value);
  }
  return checked;
}
