import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { cloudService, fetchedArrow } from "@rerun-ts/core/cloud";
import { Schema } from "apache-arrow";
import { gather } from "../arrays/gather.ts";
import { RowRanges } from "../arrays/row-ranges.ts";
import type { IpcBatch } from "../ipc/ipc-batch.ts";
import { ChunkData } from "../store/chunk-data.ts";
import type { SchemaCache } from "../store/schema-cache.ts";
import type { CatalogCall, CatalogCalls } from "./catalog-calls.ts";
import { tablePart } from "./server-tables.ts";

/** The columns by which a server finds a chunk. What else tables of chunks have is not sent back. */
const KEYS = ["chunk_id", "chunk_segment_id", "rerun_segment_layer", "chunk_key"];

/** A chunk on a server: a row of a table of chunks. */
export interface ChunkRow {
  readonly batch: IpcBatch;
  readonly row: number;
}

/**
 * Fetches chunks, in any order. Resolves when all have come.
 *
 * @param onArrow called with the Arrow data of each chunk. It may throw
 * @throws {RerunError} `INVALID_FORMAT` if the server sends something else or leaves out a chunk, or the error of the
 * connection
 */
export async function fetchChunks(
  calls: CatalogCalls,
  rows: readonly ChunkRow[],
  call: CatalogCall,
  onArrow: (arrow: Uint8Array) => void,
): Promise<void> {
  if (rows.length === 0) return;
  let count = 0;
  // A server sends them one by one.
  for await (const responses of calls.frames(cloudService.method.fetchChunks, { chunkInfos: parts(rows) }, call)) {
    for (const arrow of responses.flatMap(fetchedArrow)) {
      if (++count > rows.length)
        throw new RerunError(
          "INVALID_FORMAT",
          `cannot ${call.doing}: the catalog sent more chunks than it was asked for`,
        );
      onArrow(arrow);
    }
  }
  if (count < rows.length)
    throw new RerunError(
      "INVALID_FORMAT",
      `cannot ${call.doing}: the catalog sent ${count} of ${rows.length} chunks; it may have changed meanwhile, try again`,
    );
}

/** Reads a chunk that was fetched. @throws {RerunError} `INVALID_FORMAT` or `UNSUPPORTED` if it cannot be read */
export function readChunk(arrow: Uint8Array, schemas: SchemaCache, { doing }: CatalogCall): ChunkData {
  try {
    return ChunkData.read(arrow, schemas);
  } catch (error) {
    const code = error instanceof RerunError ? error.code : "INVALID_FORMAT";
    throw new RerunError(code, `cannot ${doing}: a chunk cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** The keys of chunks, in one table for each table that they are from. */
function parts(rows: readonly ChunkRow[]): ReturnType<typeof tablePart>[] {
  const byBatch = new Map<IpcBatch, RowRanges>();
  for (const { batch, row } of rows) {
    let ranges = byBatch.get(batch);
    if (ranges === undefined) byBatch.set(batch, (ranges = new RowRanges()));
    ranges.push(0, row, 1);
  }
  return [...byBatch].map(([batch, ranges]) => {
    const kept = batch.schema.fields.flatMap((field, index) => (KEYS.includes(field.name) ? { field, index } : []));
    const columns = kept.map(({ field, index }) => gather(field.type, [batch.column(index)], ranges));
    return tablePart(new Schema(kept.map(({ field }) => field)), columns, ranges.length);
  });
}
