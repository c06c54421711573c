import { RerunError } from "@rerun-ts/core";
import { placeAfter, readBatch, type BatchHeader, type FlatBufferTable, type BufferPlace } from "@rerun-ts/core/rrd";
import type { Data, DataType, Schema } from "apache-arrow";
import type { Grow } from "../arrays/cumulative-byte-lengths.ts";
import { decompressBuffer } from "./decompress.ts";
import type { Dictionaries } from "./ipc-dictionary.ts";
import { shapeOf } from "../arrays/layout.ts";
import { readArray, type BatchParts } from "./read-array.ts";

/** The position of each column of a schema in the nodes and buffers of a record batch. */
const places = new WeakMap<Schema, readonly BufferPlace[]>();

/** A record batch whose columns are read on first access. */
export class IpcBatch {
  /** The fields of the columns. */
  readonly schema: Schema;
  /** The number of rows. */
  readonly rows: number;
  readonly #parts: BatchParts;
  readonly #places: readonly BufferPlace[];
  readonly #columns: (Data | undefined)[] = [];

  /** @throws {RerunError} `INVALID_FORMAT` if the batch does not fit its schema */
  constructor(schema: Schema, header: FlatBufferTable, body: Uint8Array, dictionaries: Dictionaries) {
    this.schema = schema;
    const batch = readBatch(header);
    this.rows = batch.rows;
    this.#parts = batchPartsOf(batch, body, dictionaries);
    this.#places = placesOf(schema, this.#parts.views);
    const last = this.#places.at(-1);
    const { nodes } = this.#parts;
    if (last?.node !== nodes.length) throw new RerunError("INVALID_FORMAT", "an Arrow batch does not fit its schema");
    if (!(this.rows >= 0)) throw new RerunError("INVALID_FORMAT", `an Arrow batch claims to have ${this.rows} rows`);
  }

  /** A column. @throws {RerunError} `INVALID_FORMAT` if the column is damaged */
  column(index: number): Data {
    const known = this.#columns[index];
    if (known !== undefined) return known;
    const field = this.schema.fields[index];
    const place = this.#places[index];
    if (field === undefined || place === undefined) throw new RangeError(`there is no column ${index}`);
    const data = readArray(field.type, this.#parts, { ...place });
    if (data.length !== this.rows)
      throw new RerunError(
        "INVALID_FORMAT",
        `the column \`${field.name}\` has ${data.length} rows instead of ${this.rows}`,
      );
    return (this.#columns[index] = data);
  }
}

function placesOf(schema: Schema, views: readonly number[]): readonly BufferPlace[] {
  const known = places.get(schema);
  if (known !== undefined) return known;
  const found: BufferPlace[] = [{ node: 0, buffer: 0, view: 0 }];
  for (const { type } of schema.fields)
    found.push(placeAfter<DataType>(type, found.at(-1) as BufferPlace, views, shapeOf));
  // Not cached for views, because their number of buffers differs between batches.
  if (found.at(-1)?.view === 0) places.set(schema, found);
  return found;
}

/** Limits of repeated values: bytes for a small batch, and multiples of its size for a large one. */
const MIN_GROWTH = 256 * 1024 * 1024;
const MAX_GROWTH = 256;

function growthOf(body: Uint8Array, allowed: number): Grow {
  let total = -body.byteLength;
  return (bytes) => {
    total += bytes;
    if (!(total <= allowed))
      throw new RerunError("UNSUPPORTED", `the repeated values of an Arrow batch take more than ${allowed} bytes`);
  };
}

/** Checks the numbers of a batch, and returns the parts for its arrays. */
export function batchPartsOf(batch: BatchHeader, body: Uint8Array, dictionaries: Dictionaries): BatchParts {
  const { nodes, buffers, compression, views } = batch;
  const codec = compression?.uint8(0) ?? 0;
  for (const [length, nullCount] of nodes) {
    // Columns of nulls take no memory, so only the maximum length of Arrow arrays limits them.
    if (!(length >= 0 && length < 2 ** 31 && nullCount <= length))
      throw new RerunError("INVALID_FORMAT", `an Arrow array claims to have ${length} elements`);
  }
  if (!views.every((count) => count >= 0 && count <= buffers.length))
    throw new RerunError("INVALID_FORMAT", "an Arrow array of views claims to have more buffers than there are");
  const allowed = Math.min(MIN_GROWTH + body.byteLength * MAX_GROWTH, 2 ** 31 - 1);
  // Counted, because buffers may overlap, and compressed buffers may claim any size.
  const read = growthOf(body, allowed);
  return {
    nodes,
    views,
    buffer(index) {
      const [offset, length] = buffers[index] ?? [0, 0];
      const bytes = body.subarray(offset, offset + length);
      if (offset < 0 || bytes.byteLength !== length)
        throw new RerunError("INVALID_FORMAT", "an Arrow buffer is truncated");
      if (compression !== undefined) return decompressBuffer(bytes, codec, read);
      read(length);
      return bytes;
    },
    grow: growthOf(body, allowed),
    dictionary: (id) => dictionaries.get(id)?.values,
  };
}
