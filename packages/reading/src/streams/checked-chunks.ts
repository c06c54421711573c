import { RerunError } from "@rerun-ts/core";
import { describeValue, invalidArgument } from "@rerun-ts/core/checks";
import { isChunk, type Chunk } from "../reading/chunk.ts";

/** Chunks from anywhere. */
export type Chunks = AsyncIterable<Chunk> | Iterable<Chunk>;

/** Yields chunks. Rejects with `INVALID_ARGUMENT` if something else is among them. */
export async function* checkedChunks(chunks: Chunks): AsyncGenerator<Chunk, void, undefined> {
  for await (const chunk of chunks) {
    if (!isChunk(chunk))
      throw new RerunError("INVALID_ARGUMENT", `\`chunks\` must yield chunks, got ${describeValue(chunk)}`);
    yield chunk;
  }
}

/** @throws {TypeError} if `chunks` is not an iterable */
export function checkChunks(chunks: Chunks): void {
  const isIterable = typeof chunks === "object" && chunks !== null;
  if (!isIterable || !(Symbol.asyncIterator in chunks || Symbol.iterator in chunks))
    throw invalidArgument("chunks", "an iterable of chunks", chunks);
}
