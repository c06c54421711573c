import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { cloudService } from "./catalog-service.ts";
import { fetchedArrow } from "@rerun-ts/core/rrd";
import { getOrAdd } from "@rerun-ts/core/util";
import { DataType, Schema } from "apache-arrow";
import { gather, RowRanges, type IpcBatch, ChunkData } from "@rerun-ts/reading/chunks";
import type { SchemaCache } from "@rerun-ts/reading/query";
import type { CatalogCall, CatalogCalls } from "./catalog-calls.ts";
import { MAX_CATALOG_MESSAGE_BYTES } from "./catalog-transport.ts";
import { tablePart } from "./server-tables.ts";

/** The columns by which a server finds a chunk. Other columns of the tables of chunks are not sent back. */
const KEYS = ["chunk_id", "chunk_segment_id", "rerun_segment_layer", "chunk_key"];

/** The number of responses without a chunk that are accepted. */
const MAX_EMPTY = 10_000;
/** The bytes that the Arrow data of chunks may have in addition to the announced sizes. */
const MORE_BYTES = 64 * 1024 * 1024;
/** The largest ratio of Arrow data to its message with LZ4. */
const MAX_GROWTH = 256;

/** The largest size of the Arrow data of a chunk whose message has some bytes. 0 stands for an unknown size. */
export function maxArrowBytes(messageBytes: number): number {
  return messageBytes > 0 ? messageBytes * MAX_GROWTH : MAX_CATALOG_MESSAGE_BYTES;
}

/** A chunk on a server: a row of a table of chunks. */
export interface ChunkRow {
  readonly batch: IpcBatch;
  readonly row: number;
}

/**
 * Fetches chunks, in any order. Resolves when all have come.
 *
 * @param maxBytes the largest size of the Arrow data of each chunk, as it was announced
 * @param onArrow called with the Arrow data of each chunk. It may throw
 * @throws {RerunError} `INVALID_FORMAT` if the server sends something else or leaves out a chunk, or the error of the
 * connection
 */
export async function fetchChunks(
  calls: CatalogCalls,
  rows: readonly ChunkRow[],
  call: CatalogCall,
  maxBytes: readonly number[],
  onArrow: (arrow: Uint8Array) => void,
): Promise<void> {
  if (rows.length === 0) return;
  let count = 0;
  const allowed = maxBytes.reduce((sum, max) => sum + max, MORE_BYTES);
  let bytes = 0;
  let empty = 0;
  // Handles several responses at a time, because a server sends chunks one by one.
  for await (const responses of calls.frames(cloudService.method.fetchChunks, { chunkInfos: parts(rows) }, call)) {
    const arrows = responses.flatMap(fetchedArrow);
    if (arrows.length === 0) empty += responses.length;
    for (const arrow of arrows) {
      bytes += arrow.byteLength;
      count++;
      onArrow(arrow);
    }
    if (count > rows.length || bytes > allowed || empty > rows.length + MAX_EMPTY)
      throw new RerunError("INVALID_FORMAT", `cannot ${call.doing}: the catalog sent more than it was asked for`);
  }
  if (count < rows.length)
    throw new RerunError(
      "INVALID_FORMAT",
      `cannot ${call.doing}: the catalog sent ${count} of ${rows.length} chunks; it may have changed meanwhile, try again`,
    );
}

/**
 * Reads a chunk that was fetched.
 * @throws {RerunError} `INVALID_FORMAT` or `UNSUPPORTED` if the chunk cannot be read
 */
export function readFetchedChunk(arrow: Uint8Array, schemas: SchemaCache, { doing }: CatalogCall): ChunkData {
  try {
    return ChunkData.read(arrow, schemas);
  } catch (error) {
    const code = error instanceof RerunError ? error.code : "INVALID_FORMAT";
    throw new RerunError(code, `cannot ${doing}: a chunk cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** Rows of tables that become one table. */
interface KeyTable {
  readonly schema: Schema;
  readonly batches: IpcBatch[];
  readonly ranges: RowRanges;
}

/**
 * The keys of chunks, in one table for all that are from tables with the same schema. Dictionaries are not joined:
 * their indices might be too small.
 */
function parts(rows: readonly ChunkRow[]): ReturnType<typeof tablePart>[] {
  const tables = new Map<Schema | IpcBatch, KeyTable>();
  const places = new Map<IpcBatch, { readonly table: KeyTable; readonly index: number }>();
  const placeOf = (batch: IpcBatch): { readonly table: KeyTable; readonly index: number } => {
    const { schema } = batch;
    const hasDictionary = schema.fields.some(({ name, type }) => isKey(name) && DataType.isDictionary(type));
    const table = getOrAdd(tables, hasDictionary ? batch : schema, () => ({
      schema,
      batches: [],
      ranges: new RowRanges(),
    }));
    return { table, index: table.batches.push(batch) - 1 };
  };
  for (const { batch, row } of rows) {
    const { table, index } = getOrAdd(places, batch, () => placeOf(batch));
    table.ranges.push(index, row, 1);
  }
  return Array.from(tables.values(), ({ schema, batches, ranges }) => {
    const kept = schema.fields.flatMap((field, index) => (isKey(field.name) ? { field, index } : []));
    const columns = kept.map(({ field, index }) =>
      gather(
        field.type,
        batches.map((batch) => batch.column(index)),
        ranges,
      ),
    );
    return tablePart(new Schema(kept.map(({ field }) => field)), columns, ranges.length);
  });
}

function isKey(column: string): boolean {
  return KEYS.includes(column);
}
