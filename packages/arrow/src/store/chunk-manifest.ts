import { parseChunkId, readChunkLayout, readManifest, type ChunkLayout, type DescribedChunk } from "@rerun-ts/core/rrd";
import type { Schema } from "apache-arrow";
import type { ChunkData } from "./chunk-data.ts";

/** Schemas in core's form, keyed by the schemas that chunks share. */
const layouts = new WeakMap<Schema, ChunkLayout>();

/**
 * The entry of a chunk in a footer.
 * @throws {RerunError} `INVALID_FORMAT` if the chunk is damaged, `UNSUPPORTED` at a type that components cannot have
 */
export function manifestOf({ arrow, schema, id }: ChunkData): DescribedChunk {
  const manifest = readManifest(arrow, (message) => {
    const known = layouts.get(schema);
    if (known !== undefined) return known;
    const read = readChunkLayout(message);
    layouts.set(schema, read);
    return read;
  });
  return { chunkId: parseChunkId(`chunk_${id}`), manifest };
}
