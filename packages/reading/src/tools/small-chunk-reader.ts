import type { StoreId } from "@rerun-ts/core";
import { getOrAdd } from "@rerun-ts/core/util";
import { HEADER, ipcMessages, placeAfter, type IpcMessage, type BufferPlace } from "@rerun-ts/core/rrd";
import { DataType, type Field, type Schema } from "apache-arrow";
import { growingArray } from "../arrays/growing-array.ts";
import type { StoredArrays } from "../arrays/growing-buffers.ts";
import { shapeOf } from "../arrays/layout.ts";
import { chunkLayoutOf, type ChunkLayout } from "../store/chunk-data.ts";
import type { SchemaCache } from "../store/schema-cache.ts";
import { CODEC, SAMPLE } from "../video/video-components.ts";

/** A column, and the position of its first node and buffer. */
export interface SmallColumn extends BufferPlace {
  readonly field: Field;
}

/** The columns of all chunks with the same fields. */
interface SmallColumns {
  readonly layout: ChunkLayout;
  /** The row ids, the timelines and the components. */
  readonly columns: readonly SmallColumn[];
  /** The numbers of nodes and buffers. */
  readonly end: BufferPlace;
}

/** The columns of all chunks with one schema. */
export interface SmallSchema<Kind> extends SmallColumns {
  readonly schema: Schema;
  readonly entityPath: string;
  /** The kind of the last chunk, and its store. */
  known?: { readonly kind: Kind; readonly storeId: StoreId };
}

/** The largest size of small chunks, in bytes without compression. */
export const SMALL_CHUNK: number = 32 * 1024;

/** The largest number of elements of an array. Elements without memory, such as nulls, could be any number. */
const MAX_ELEMENTS = 8 * SMALL_CHUNK;

/** A chunk whose columns are only found. */
export interface SmallChunk<Kind> {
  readonly id: string;
  readonly rows: number;
  readonly schema: SmallSchema<Kind>;
  readonly arrays: StoredBatch;
}

/** Finds the columns of small chunks without making objects of them. */
export class SmallChunkReader<Kind> {
  readonly #schemas: SchemaCache;
  readonly #known = new WeakMap<Schema, { readonly small: SmallSchema<Kind> | undefined }>();
  readonly #columns = new WeakMap<readonly Field[], { readonly small: SmallColumns | undefined }>();
  readonly #batch = new StoredBatch();

  constructor(schemas: SchemaCache) {
    this.#schemas = schemas;
  }

  /**
   * Finds the columns of a chunk, until the next call. Returns `undefined` if they are damaged or cannot be read in
   * this way: then `ChunkData` reads them, and reports damage.
   */
  read(arrow: Uint8Array): SmallChunk<Kind> | undefined {
    try {
      const messages = ipcMessages(arrow);
      const first = messages.next().value as IpcMessage | undefined;
      if (first?.type !== HEADER.schema) return undefined;
      const { schema, id, modern } = this.#schemas.read(first);
      if (modern !== undefined) return undefined;
      const small = this.#smallOf(schema);
      if (small === undefined) return undefined;
      const second = messages.next().value as IpcMessage | undefined;
      if (second?.type !== HEADER.batch || !this.#batch.open(second, small.end)) return undefined;
      return { id, rows: this.#batch.rows, schema: small, arrays: this.#batch };
    } catch {
      return undefined;
    }
  }

  #smallOf(schema: Schema): SmallSchema<Kind> | undefined {
    return getOrAdd(this.#known, schema, () => {
      const { small } = getOrAdd(this.#columns, schema.fields, () => ({ small: smallColumns(schema.fields) }));
      const entityPath = schema.metadata.get("rerun:entity_path") ?? "/";
      return { small: small && { ...small, schema, entityPath } };
    }).small;
  }
}

/** The columns, or `undefined` if some cannot grow, if there are no timelines, or if it is a video. */
function smallColumns(fields: readonly Field[]): SmallColumns | undefined {
  const layout = chunkLayoutOf(fields);
  const { timelines, components } = layout;
  if (timelines.length === 0) return undefined;
  const names = components.map(({ name }) => name);
  const timelineNames = timelines.map(({ name }) => name);
  if (new Set(names).size < names.length || new Set(timelineNames).size < timelineNames.length) return undefined;
  // Videos are divided at their key frames.
  if (names.includes(SAMPLE) || names.includes(CODEC)) return undefined;
  if (!components.every(({ field }) => DataType.isList(field.type))) return undefined;
  if (!fields.every(({ type }) => growingArray(type as DataType) !== undefined)) return undefined;
  const places: BufferPlace[] = [];
  let end: BufferPlace = { node: 0, buffer: 0, view: 0 };
  for (const { type } of fields) {
    places.push(end);
    end = placeAfter<DataType>(type as DataType, end, [], shapeOf);
  }
  const columnAt = (index: number): SmallColumn => ({
    field: fields[index] as Field,
    ...(places[index] as BufferPlace),
  });
  const columns = [layout.rowIds, ...[...timelines, ...components].map(({ index }) => index)].map(columnAt);
  return { layout, columns, end };
}

/** The slots of the table `RecordBatch`. Source: Arrow's format/Message.fbs. */
const SLOT = { rows: 0, nodes: 1, buffers: 2, compression: 3 } as const;
/** The size of the count of a vector, and of a pair of numbers. */
const COUNT_BYTES = 4;
const PAIR_BYTES = 16;

/** The numbers of a record batch, read where they are. */
class StoredBatch implements StoredArrays {
  // A copy, because positions in the memory of a large source could exceed 32 bits.
  readonly bytes: Uint8Array<ArrayBuffer> = new Uint8Array(SMALL_CHUNK);
  readonly words: Int32Array = new Int32Array(this.bytes.buffer);
  /** The number of rows. */
  rows = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** The positions of the nodes and the buffers in the metadata. */
  #nodes = 0;
  #buffers = 0;
  #bufferCount = 0;
  #bodyLength = 0;

  /** Reads a batch. Returns whether it has as many nodes and buffers as needed, and is not compressed. */
  open({ header, metadata, body }: IpcMessage, { node, buffer }: BufferPlace): boolean {
    if (header.has(SLOT.compression)) return false;
    this.rows = header.int64(SLOT.rows);
    this.#view = new DataView(metadata.buffer, metadata.byteOffset, metadata.byteLength);
    const nodes = header.vectorPosition(SLOT.nodes);
    const buffers = header.vectorPosition(SLOT.buffers);
    if (nodes === 0 || buffers === 0 || this.#view.getUint32(nodes, true) !== node) return false;
    const count = (this.#bufferCount = this.#view.getUint32(buffers, true));
    this.#nodes = nodes + COUNT_BYTES;
    this.#buffers = buffers + COUNT_BYTES;
    const end = metadata.byteLength;
    if (this.#nodes + node * PAIR_BYTES > end || this.#buffers + count * PAIR_BYTES > end || count < buffer)
      return false;
    if (body.byteLength > this.bytes.byteLength) return false;
    this.bytes.set(body);
    this.#bodyLength = body.byteLength;
    return this.rows > 0;
  }

  /** The size of all buffers. */
  get size(): number {
    let sum = 0;
    for (let buffer = 0; buffer < this.#bufferCount; buffer++) sum += this.sizeOf(buffer);
    return sum;
  }

  lengthOf(node: number): number {
    const length = this.#number(this.#nodes + node * PAIR_BYTES);
    return length > MAX_ELEMENTS ? -1 : length;
  }

  nullsOf(node: number): number {
    return this.#number(this.#nodes + node * PAIR_BYTES + 8);
  }

  startOf(buffer: number): number {
    const at = this.#buffers + buffer * PAIR_BYTES;
    const offset = this.#number(at);
    const size = this.#number(at + 8);
    return offset < 0 || size < 0 || offset + size > this.#bodyLength ? -1 : offset;
  }

  sizeOf(buffer: number): number {
    return this.#number(this.#buffers + buffer * PAIR_BYTES + 8);
  }

  /** A number of 64 bits, or -1 if it is negative or has more than 31 bits. */
  #number(at: number): number {
    return this.#view.getInt32(at + 4, true) === 0 ? Math.max(this.#view.getInt32(at, true), -1) : -1;
  }
}
