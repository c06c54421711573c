import { streamOf } from "../store/stream-of.ts";
import type { StoreId } from "@rerun-ts/core";
import { decodeMessage, encodeArrowPayload, xxh32, type Allocate, type ArrowPayload } from "@rerun-ts/core/rrd";
import { DataType } from "apache-arrow";
import type { ChunkMessage } from "@rerun-ts/core/decode";
import { isPromise, concatBytes } from "@rerun-ts/core/util";
import { gather } from "../arrays/gather.ts";
import { childFieldsOf } from "../arrays/layout.ts";
import { RowRanges } from "../arrays/row-ranges.ts";
import { storedForm } from "../arrays/stored-types.ts";
import type { ChunkData, StoredColumn } from "../store/chunk-data.ts";
import type { CompressThread } from "../store/compress-thread.ts";
import { manifestIfPossible } from "../store/manifest-of.ts";
import { chunkOfColumns } from "../store/chunk-of-columns.ts";
import type { ToolMessage } from "./tool-message.ts";

/** Contents of a copy of a chunk. */
export interface ChunkEdit {
  /** The store of the new chunk. */
  readonly storeId: StoreId;
  /** The positions of the columns that are left out. Default: none. */
  readonly without?: ReadonlySet<number> | undefined;
  /** The rows that remain, in order. Default: all. */
  readonly rows?: readonly number[] | undefined;
  /** Metadata in place of the chunk's metadata. Default: none. */
  readonly metadata?: ReadonlyMap<string, string> | undefined;
}

/**
 * Whether the columns of a chunk would keep their types in a copy. If not, a tool that copies parts of chunks must copy
 * all of them: Rerun cannot query a component that has several types.
 */
export function isPlain(chunk: ChunkData): boolean {
  return chunk.layout.components.every(({ field: { type } }) => DataType.isList(type) && isPlainType(type));
}

function isPlainType(type: DataType): boolean {
  return storedForm(type) === undefined && childFieldsOf(type).every((child) => isPlainType(child.type as DataType));
}

/**
 * Makes a message with a part of a chunk. A copy with fewer rows is another chunk, with an id derived from the old id
 * and the rows, because parts with the same id would count as duplicates. A copy with all rows keeps the id, as it does
 * in files of `rerun rrd filter`.
 */
export function editChunk(
  chunk: ChunkData,
  { storeId, without, rows, metadata = new Map() }: ChunkEdit,
): MessageOfChunk {
  const runs = new RowRanges();
  for (const row of rows ?? []) runs.push(0, row, 1);
  const components = new Map(chunk.layout.components.map((column) => [column.index, column]));
  const columnAt = (index: number): StoredColumn => {
    const component = components.get(index);
    return component === undefined ? chunk.column(index) : chunk.component(component);
  };
  const columns = chunk.schema.fields
    .map((_, index) => index)
    .filter((index) => without?.has(index) !== true)
    .map(columnAt)
    .map(({ field, data }) => ({ field, data: rows === undefined ? data : gather(field.type, [data], runs) }));
  const isPart = rows !== undefined && rows.length < chunk.rows;
  const id = isPart ? partId(chunk.id, runs) : chunk.id;
  const edited = chunkOfColumns(id, columns, rows?.length ?? chunk.rows, new Map([...chunk.metadata, ...metadata]));
  return messageOfChunk(edited, storeId);
}

/** A message of a tool that has a chunk, without its source. */
type MessageOfChunk = Pick<ToolMessage, "message" | "chunk" | "described" | "storeId">;

/** A chunk as a message of a tool. */
export function messageOfChunk(chunk: ChunkData, storeId: StoreId): MessageOfChunk {
  return messageOfPayload(chunk, storeId, encodeArrowPayload(storeId, streamOf(chunk)));
}

/**
 * Whether a message must be encoded anew for other files: that of a chunk before Rerun 0.24 lacks the id, which Rerun's
 * tools expect there.
 */
export function lacksId({ chunkId }: ChunkMessage, chunk: ChunkData): boolean {
  return chunkId === undefined && isPlain(chunk);
}

/**
 * The message of a chunk that was read, with the facts for a footer. It is encoded anew if these cannot be found,
 * because of damage that other readers tolerate, such as arrays with a wrong alignment.
 */
export function describedChunk(message: ChunkMessage, chunk: ChunkData, storeId: StoreId): MessageOfChunk {
  if (lacksId(message, chunk)) return messageOfChunk(chunk, storeId);
  try {
    return { message, storeId, chunk, described: manifestIfPossible(chunk) };
  } catch {
    return editChunk(chunk, { storeId });
  }
}

/**
 * A chunk as {@link messageOfChunk}, which another thread may compress.
 *
 * @param allocate gives the memory of the message
 */
export function compressedChunk(
  chunk: ChunkData,
  storeId: StoreId,
  thread: CompressThread,
  allocate: Allocate,
): MessageOfChunk | Promise<MessageOfChunk> {
  const payload = thread.encode(storeId, streamOf(chunk), allocate);
  if (isPromise(payload)) return payload.then((done) => messageOfPayload(chunk, storeId, done));
  return messageOfPayload(chunk, storeId, payload);
}

function messageOfPayload(chunk: ChunkData, storeId: StoreId, encoded: ArrowPayload): MessageOfChunk {
  const message = decodeMessage("chunk", encoded.payload) as ChunkMessage;
  return { message, storeId, chunk, described: encoded };
}

/** The id of some rows of a chunk: the time of the chunk's id, and a hash of that and the rows. */
function partId(id: string, { size, starts, counts }: RowRanges): string {
  const rows = new Float64Array(size * 2);
  rows.set(starts.subarray(0, size));
  rows.set(counts.subarray(0, size), size);
  return derivedId(id, concatBytes([new TextEncoder().encode(id), new Uint8Array(rows.buffer)]));
}

/** An id with the time of another one and a hash: the same for the same bytes. */
export function derivedId(id: string, bytes: Uint8Array): string {
  return idWithHash(
    id,
    [0, 1].map((seed) => xxh32(bytes, seed)),
  );
}

/** An id with the time of another one, and two hashes of 32 bits. */
export function idWithHash(id: string, hashes: readonly number[]): string {
  return id.slice(0, 16) + hashes.map((hash) => hash.toString(16).padStart(8, "0")).join("");
}
