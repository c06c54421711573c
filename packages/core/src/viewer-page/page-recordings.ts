import { argumentError, invalidArgument } from "../checks/invalid-value-error.ts";
import { isBlob, isBuffer, ownBytes } from "../checks/kind-of.ts";
import { RerunError } from "../errors/rerun-error.ts";
import { internalsOf } from "../recording/recording-internals.ts";
import type { RecordingStream } from "../recording/recording-stream.ts";
import { encodeRrd } from "../rrd/encode/rrd-writer.ts";
import { STREAM_HEADER_LENGTH, STREAM_MAGIC } from "../rrd/encode/stream-header.ts";
import { collectMessages } from "../sink/collect-messages.ts";
import { MAX_PAGE_RECORDING_BYTES, type RecordingToHtmlOptions } from "./page-options.ts";

/** A recording for a page: one that a sink keeps in memory, or the contents of a `.rrd` file. */
export type PageRecording = RecordingStream | Blob | ArrayBufferView | ArrayBufferLike;

/**
 * The contents of recordings as files.
 *
 * @throws {TypeError} if one is not a recording
 * @throws {RerunError} `UNSUPPORTED` if no sink keeps the data of a stream in memory
 */
export async function pageRecordings(
  recordings: PageRecording | readonly PageRecording[],
  { maxBytes = MAX_PAGE_RECORDING_BYTES }: RecordingToHtmlOptions,
): Promise<readonly Blob[]> {
  const list = Array.isArray(recordings) ? (recordings as readonly PageRecording[]) : [recordings as PageRecording];
  if (list.length === 0) throw invalidArgument("recordings", "at least one recording", recordings);
  const files = list.map(fileOf);
  checkPageBytes(
    files.reduce((sum, { size }) => sum + size, 0),
    maxBytes,
  );
  for (const file of files) {
    const start = new Uint8Array(await file.slice(0, STREAM_HEADER_LENGTH).arrayBuffer());
    if (
      start.byteLength < STREAM_HEADER_LENGTH ||
      String.fromCharCode(...start.subarray(0, STREAM_MAGIC.length)) !== STREAM_MAGIC
    )
      throw new RerunError(
        "INVALID_FORMAT",
        `\`recordings\` must be recordings in Rerun's format (.rrd), but one of ${file.size} bytes does not begin as such`,
        { argument: "recordings" },
      );
  }
  return files;
}

/** Checks the total size of recordings. @throws {TypeError} above the limit */
export function checkPageBytes(bytes: number, maxBytes: number = MAX_PAGE_RECORDING_BYTES): void {
  if (bytes <= maxBytes) return;
  throw argumentError(
    "maxBytes",
    `the recordings have ${bytes} bytes, but \`maxBytes\` is ${maxBytes}; browsers may fail to open larger pages: ` +
      "make the recordings smaller, for example with `rerun-ts rrd filter`, or pass a higher `maxBytes`",
  );
}

function fileOf(recording: PageRecording): Blob {
  if (isBlob(recording)) return recording;
  if (isBuffer(recording) || ArrayBuffer.isView(recording))
    return new Blob([ownBytes(recording) as Uint8Array<ArrayBuffer>]);
  if (!Array.isArray((recording as Partial<RecordingStream> | null | undefined)?.sinks))
    throw invalidArgument("recordings", "a RecordingStream, a Blob, or the bytes of a recording", recording);
  internalsOf(recording).dispatcher.flushRows();
  return new Blob([encodeRrd(collectMessages(recording.sinks).messages)]);
}
