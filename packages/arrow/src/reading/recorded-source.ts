import type { RecordingStream } from "@rerun-ts/core";
import { isRecordingStream, recordedBytes } from "@rerun-ts/core/recording";
import type { RrdSource } from "../source/open-source.ts";
import type { ReadOptions } from "../source/random-access.ts";
import { openRrd, type RrdFile } from "./open-rrd.ts";
import { RecordingReader } from "./recording-reader.ts";

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
  if (source instanceof RecordingReader) return source;
  const file = await openRrd(isRecordingStream(source) ? await recordedBytes(source) : source, { signal });
  files.push(file);
  return file.recording();
}
