import { RecordingStream, type EncodedMessage, type Sink, type StoreId } from "@rerun-ts/core";
import { checkOptions, invalidArgument, isUrl } from "@rerun-ts/core/checks";
import { randomId } from "@rerun-ts/core/util";
import { RrdWriter, encodeRows } from "@rerun-ts/core/encode";
import { chunkMessage } from "../sending/chunk-message.ts";
import { sendChunk } from "../sending/send-chunks.ts";
import { chunkDataOf, type Chunk } from "../reading/chunk.ts";

/** The recording that chunks become. */
export interface WriteRrdOptions {
  /** The application of the recording. */
  applicationId: string;
  /** The id of the recording. Default: a random one. */
  recordingId?: string | undefined;
}

/** A file on Node by its path, or a new sink. */
export type RrdTarget = string | URL | Sink;

/** Number of bytes to send before waiting for the sink. */
const FLUSH_BYTES = 8 * 1024 * 1024;

/** The store that options name. @throws {TypeError} if they are wrong */
export function writtenStoreOf(call: string, options: WriteRrdOptions): StoreId {
  if (options === undefined) throw invalidArgument("options", "an object with an `applicationId`", options);
  checkOptions(call, options, { applicationId: 1, recordingId: 1 });
  const { applicationId, recordingId = randomId() } = options;
  for (const [name, value] of Object.entries({ applicationId, recordingId }))
    if (typeof value !== "string" || value === "") throw invalidArgument(name, "a non-empty string", value);
  return { kind: "recording", applicationId, recordingId };
}

/** The bytes of an `.rrd` with these chunks and a footer. Chunks without rows are left out, and repeated ones. */
export async function* encodeChunks(
  chunks: AsyncIterable<Chunk>,
  storeId: StoreId,
): AsyncGenerator<Uint8Array, void, undefined> {
  const writer = new RrdWriter({ maxFooterBytes: Infinity });
  const seen = new Set<string>();
  yield writer.header();
  yield* framed(writer, encodeRows(storeId, "log_time", [])[0] as EncodedMessage);
  for await (const chunk of chunks) {
    if (chunk.numRows === 0 || seen.has(chunk.id)) continue;
    seen.add(chunk.id);
    yield* framed(writer, chunkMessage(chunkDataOf(chunk), storeId));
  }
  yield writer.finish();
}

function* framed(writer: RrdWriter, message: EncodedMessage): Generator<Uint8Array, void, undefined> {
  yield writer.frame(message);
  yield message.payload;
}

/** Writes chunks to a file or a sink, which is closed at the end. */
export async function writeChunks(chunks: AsyncIterable<Chunk>, target: RrdTarget, storeId: StoreId): Promise<void> {
  if (typeof target === "string" || isUrl(target)) {
    const { writePath } = await import("#write-path");
    return writePath(target, encodeChunks(chunks, storeId));
  }
  if (typeof target !== "object" || target === null) throw invalidArgument("target", "a path or a sink", target);
  const { applicationId, recordingId } = storeId;
  const recording = new RecordingStream(applicationId, { recordingId, sendProperties: false });
  try {
    await recording.setSink(target);
    let pending = 0;
    for await (const chunk of chunks) {
      if (chunk.numRows === 0) continue;
      pending += sendChunk(recording, chunkDataOf(chunk), "write") ?? 0;
      if (pending < FLUSH_BYTES) continue;
      await recording.flush();
      pending = 0;
    }
  } finally {
    await recording.close();
  }
}
