import { RerunError, type RecordingStream } from "@rerun-ts/core";
import { isRecordingStream, recordedBytes } from "@rerun-ts/core/recording";
import type { RrdSource } from "../source/open-source.ts";
import type { ReadOptions } from "../source/random-access.ts";
import { openRrd, type RrdFile } from "./open-rrd.ts";
import type { RecordingReader } from "./recording-reader.ts";

/**
 * Recorded data: a source as of `openRrd` with one recording, its reader, or a `RecordingStream` with only in-memory
 * sinks.
 */
export type RecordedSource = RrdSource | RecordingReader | RecordingStream;

/** Opens recorded data, and adds the opened file to `files`, which the caller closes. */
export async function openRecorded(
  source: RecordedSource,
  files: RrdFile[],
  { signal }: ReadOptions,
): Promise<RecordingReader> {
  if (isReader(source)) return source;
  const file = await openRrd(isRecordingStream(source) ? await recordedBytes(source) : source, { signal });
  files.push(file);
  return onlyRecording(file);
}

/** Whether a source is a reader, also one of another copy of its module, which a late import may load. */
function isReader(source: RecordedSource): source is RecordingReader {
  const { query, chunks } = source as Partial<RecordingReader>;
  return typeof query === "function" && typeof chunks === "function";
}

/**
 * The recording of a file for calls without a choice of one.
 * @throws {RerunError} `NOT_FOUND` if there is none, `INVALID_ARGUMENT` if there are several
 */
export function onlyRecording(file: RrdFile): RecordingReader {
  const { recordings } = file;
  if (recordings.length <= 1) return file.recording();
  const ids = recordings.map(({ recordingId }) => JSON.stringify(recordingId)).join(", ");
  throw new RerunError("INVALID_ARGUMENT", `the file must have one recording, but it has ${recordings.length}: ${ids}`);
}
