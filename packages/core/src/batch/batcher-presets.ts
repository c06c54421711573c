import { DEFAULT_BATCHING, LOW_LATENCY_BATCHING, type BatcherConfig } from "./batcher-config.ts";

/** The type of {@link BATCHER_PRESETS}. */
export interface BatcherPresets {
  /** For files, memory and all else: 200 ms or 2 MiB. */
  readonly default: BatcherConfig;
  /** For live connections: 8 ms or 2 MiB. */
  readonly lowLatency: BatcherConfig;
  /**
   * For files of hours of small rows: 20 minutes, 2 MiB or 65,536 rows. The chunks reach the size of the chunks of
   * `rerun rrd optimize`, so the file needs no second pass. A killed process loses its pending rows.
   */
  readonly file: BatcherConfig;
  /** For tests: each row is sent immediately, as a chunk. */
  readonly always: BatcherConfig;
  /** For programs with their own flushes: rows are sent only by a flush or `close`. */
  readonly never: BatcherConfig;
}

/**
 * Settings for the option `batcher`. All but `file` are Rerun's own.
 *
 * @example
 * const rec = new rr.RecordingStream("my_app", { batcher: rr.BATCHER_PRESETS.lowLatency });
 */
export const BATCHER_PRESETS: BatcherPresets = {
  default: DEFAULT_BATCHING,
  lowLatency: { ...DEFAULT_BATCHING, ...LOW_LATENCY_BATCHING },
  file: { ...DEFAULT_BATCHING, flushTickMs: 20 * 60_000, flushNumRows: 65_536 },
  always: { flushTickMs: Infinity, flushNumBytes: 0, flushNumRows: 0, chunkMaxRowsIfUnsorted: 256 },
  never: { flushTickMs: Infinity, flushNumBytes: Infinity, flushNumRows: Infinity, chunkMaxRowsIfUnsorted: 256 },
};
