import type { ChunkData } from "../store/chunk-data.ts";
import { chunkDataOf } from "../reading/chunk.ts";
import { ChunkMaker } from "../mcap/chunks/make-chunk.ts";
import { StaticChunks } from "../mcap/chunks/static-chunks.ts";

/** The static chunk with the pairs of texts that a Parquet file has, as a property of the recording, as in Rerun 0.41. */
export function fileMetadataChunk(pairs: readonly (readonly [key: string, value: string])[]): ChunkData {
  return chunkDataOf(new StaticChunks(new ChunkMaker()).fileMetadata(pairs));
}
