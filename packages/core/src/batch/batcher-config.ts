import { notNegative } from "../options.ts";

/** When rows that were logged leave as a chunk. */
export interface BatcherConfig {
  /** The longest that a row waits, in milliseconds; `Infinity` for no limit. */
  readonly flushTickMs: number;
  /** An entity's rows leave once they take this many bytes. */
  readonly flushNumBytes: number;
  /** An entity's rows leave once there are this many. */
  readonly flushNumRows: number;
  /** Where the times of an entity's rows do not increase, a chunk holds at most this many rows. */
  readonly chunkMaxRowsIfUnsorted: number;
}

const MIB = 1024 * 1024;

/** Rerun's own settings. */
export interface BatcherPresets {
  /** For files and memory. */
  readonly default: BatcherConfig;
  /** For live connections. */
  readonly lowLatency: BatcherConfig;
  /** Every row is a chunk: for tests. */
  readonly always: BatcherConfig;
  /** Rows leave only when a recording is flushed or closed. */
  readonly never: BatcherConfig;
}

/** Rerun's own settings, to be used as the option `batcher`. */
export const BATCHER_PRESETS: BatcherPresets = {
  default: { flushTickMs: 200, flushNumBytes: 2 * MIB, flushNumRows: Infinity, chunkMaxRowsIfUnsorted: 8192 },
  lowLatency: { flushTickMs: 8, flushNumBytes: 2 * MIB, flushNumRows: Infinity, chunkMaxRowsIfUnsorted: 8192 },
  always: { flushTickMs: Infinity, flushNumBytes: 0, flushNumRows: 0, chunkMaxRowsIfUnsorted: 256 },
  never: { flushTickMs: Infinity, flushNumBytes: Infinity, flushNumRows: Infinity, chunkMaxRowsIfUnsorted: 256 },
};

/** For several sinks at once: the largest of Rerun's default and every sink's, so that no sink gets more chunks than it wants. */
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

/** Checks what a user gave. @throws {TypeError} that names the option. */
export function checkBatcherConfig(config: Partial<BatcherConfig>): Partial<BatcherConfig> {
  const checked: Record<string, number> = {};
  for (const [key, value] of Object.entries(config)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(BATCHER_PRESETS.default, key)) {
      throw new TypeError(
        `\`batcher\` must have the options ${Object.keys(BATCHER_PRESETS.default).join(", ")}, got \`${key}\``,
      );
    }
    checked[key] = notNegative(`batcher.${key}`, value);
  }
  return checked;
}
