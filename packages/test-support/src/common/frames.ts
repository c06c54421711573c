import type { RecordingOptions, RecordingView, RerunError } from "@rerun-ts/core";
import { numbers } from "./messages.ts";
import { readChunks } from "./read-chunks.ts";

/** Options of a recording for {@link logFrames}: each row is a chunk, and warnings are collected. */
export function frameOptions(from: number, warnings: RerunError[]): RecordingOptions {
  return {
    recordingId: `from ${from}`,
    batcher: { flushNumRows: 0 },
    compression: "none",
    onWarning: (warning) => warnings.push(warning),
    onError: () => {},
  };
}

/** Logs static data, and a row of `values` numbers for each frame from `from` to `to`, exclusive. */
export function logFrames(recording: RecordingView, from: number, to: number, values = 1): void {
  recording.log("fixed", numbers(from), { static: true });
  const row = Array.from({ length: values }, () => 0);
  for (let frame = from; frame < to; frame++) recording.at({ frame }).log("row", numbers(row));
}

/** The frames of the rows in a `.rrd`, in their order. */
export function framesIn(rrd: Uint8Array): number[] {
  return readChunks(rrd).flatMap(({ times }) => (times["frame"] ?? []).map(Number));
}

/** The integers from `from` to `to`, exclusive. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
