import { DEFAULT_BATCHING, LOW_LATENCY_BATCHING, type BatcherConfig } from "./batcher-config.ts";

/** The type of {@link BATCHER_PRESETS}. */
export interface BatcherPresets {
  /** For files and memory: 200 ms or 2 MiB. */
  readonly default: BatcherConfig;
  /** For live connections: 8 ms or 2 MiB. */
  readonly lowLatency: BatcherConfig;
  /** For tests: each row is sent at once, as a chunk. */
  readonly always: BatcherConfig;
  /** For programs with their own flushes: rows are sent only by a flush or `close`. */
  readonly never: BatcherConfig;
}

/**
 * Rerun's own settings, for the option `batcher`.
 *
 * @example
 * const rec = new rr.RecordingStream("my_app", { batcher: rr.BATCHER_PRESETS.lowLatency });
 */
export const BATCHER_PRESETS: BatcherPresets = {
  default: DEFAULT_BATCHING,
  lowLatency: { ...DEFAULT_BATCHING, ...LOW_LATENCY_BATCHING },
  always: { flushTickMs: Infinity, flushNumBytes: 0, flushNumRows: 0, chunkMaxRowsIfUnsorted: 256 },
  never: { flushTickMs: Infinity, flushNumBytes: Infinity, flushNumRows: Infinity, chunkMaxRowsIfUnsorted: 256 },
};
