import type { RecordingStream } from "@rerun-ts/core";
import { checkRecording, describeValue, withRerunErrors, invalidArgument, argumentError } from "@rerun-ts/core/checks";
import { ImportPace, internalsOf, logMessages } from "@rerun-ts/core/recording";
import { chunkDataOf, isChunk, type Chunk } from "../reading/chunk.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import { chunkMessage } from "./chunk-message.ts";

/** Result of sending. */
export interface SentRows {
  /** The number of rows. */
  readonly rows: number;
  /** The number of chunks. */
  readonly chunks: number;
}

/**
 * Sends chunks to a recording, with their ids, times and row ids as they are. Chunks without rows are left out. Waits
 * while slow sinks have data pending. Ends early if the recording is closed.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if `chunks` yields something else
 * @throws {RerunError} `UNSUPPORTED` if a chunk has an Arrow type unsupported for components, or the error of reading
 * @example
 * await sendChunks(recording, file.recording().chunks({ contents: "/camera/**" }));
 */
export function sendChunks(
  recording: RecordingStream,
  chunks: AsyncIterable<Chunk> | Iterable<Chunk> | Chunk,
): Promise<SentRows> {
  return withRerunErrors(async () => {
    checkRecording(recording, "stats");
    const isIterable = typeof chunks === "object" && chunks !== null;
    const isOne = isChunk(chunks);
    if (!isIterable || !(isOne || Symbol.asyncIterator in chunks || Symbol.iterator in chunks))
      throw invalidArgument("chunks", "an iterable of chunks", chunks);
    let rows = 0;
    let count = 0;
    const pace = new ImportPace(recording);
    for await (const chunk of isOne ? [chunks] : chunks) {
      if (!isChunk(chunk))
        throw argumentError("chunks", `\`chunks\` must yield chunks of a recording, got ${describeValue(chunk)}`);
      // Omitted, because footers include the columns of chunks without rows.
      if (chunk.numRows === 0) continue;
      const bytes = sendChunk(recording, chunkDataOf(chunk), "sendChunks");
      if (bytes === undefined) break;
      rows += chunk.numRows;
      count++;
      await pace.after(bytes);
    }
    return { rows, chunks: count };
  });
}

/**
 * Sends a chunk to a recording, for a call with this name. Returns its size in bytes, or `undefined` if the
 * recording is closed or disabled.
 *
 * @throws {RerunError} `UNSUPPORTED` at an unknown Arrow type
 */
export function sendChunk(recording: RecordingStream, chunk: ChunkData, call: string): number | undefined {
  const { applicationId, recordingId } = recording;
  const message = chunkMessage(chunk, { kind: "recording", applicationId, recordingId });
  // Sends earlier rows first, so that they stay before this chunk.
  internalsOf(recording).dispatcher.flushRows();
  return logMessages(recording, [message], call) ? message.payload.byteLength : undefined;
}
