import { RecordingStream, type RerunError } from "@rerun-ts/node";
import { readChunks } from "../common/read-chunks.ts";

/** A recorded line of a log. */
export interface RecordedLine {
  readonly path: string;
  readonly level: string;
  readonly text: string;
}

/** All recorded lines, entity by entity. */
export function readLines(rrd: Uint8Array): RecordedLine[] {
  return readChunks(rrd).flatMap(({ entityPath, components }) => {
    const texts = (components["TextLog:text"] ?? []).flat() as string[];
    const levels = (components["TextLog:level"] ?? []).flat() as string[];
    return texts.map((text, row) => ({ path: entityPath, level: levels[row] ?? "", text }));
  });
}

/** Creates a recording in memory. */
export function recordLines(): {
  readonly recording: RecordingStream;
  readonly warnings: RerunError[];
  readonly read: () => Uint8Array;
} {
  const warnings: RerunError[] = [];
  const recording = new RecordingStream("logs", { onWarning: (warning) => warnings.push(warning) });
  const memory = recording.memoryRecording();
  return { recording, warnings, read: () => memory.drainAsBytes() };
}
