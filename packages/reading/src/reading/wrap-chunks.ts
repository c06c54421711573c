import type { ChunkData } from "../store/chunk-data.ts";
import { Chunk } from "./chunk.ts";

/** Wraps chunks for users. A separate file, so that programs that only query need not load it. */
export function wrapChunks(chunks: readonly ChunkData[]): readonly Chunk[] {
  return chunks.map((data) => new Chunk(data));
}

export function wrapChunk(data: ChunkData): Chunk {
  return new Chunk(data);
}
