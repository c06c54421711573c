import { encodeRrd } from "../rrd/encode/rrd-writer.ts";
import { collectMessages } from "../sink/collect-messages.ts";
import { isRecordingStream } from "./recorded-bytes.ts";
import { internalsOf } from "./recording-internals.ts";
import type { RecordingStream } from "./recording-stream.ts";

/** A recording, or the contents of a `.rrd` file. */
export type PageRecording = RecordingStream | Blob | ArrayBufferView | ArrayBufferLike;

/**
 * The data of a stream in memory, as a file. Everything else is returned unchanged.
 *
 * @throws {RerunError} `UNSUPPORTED` if no sink of the stream keeps data in memory
 */
export function contentsForPage(recording: PageRecording): Exclude<PageRecording, RecordingStream> {
  if (!isRecordingStream(recording)) return recording;
  internalsOf(recording).dispatcher.flushRows();
  return encodeRrd(collectMessages(recording.sinks).messages);
}
