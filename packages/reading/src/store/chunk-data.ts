import { RerunError } from "@rerun-ts/core";
import { DataType, type RecordBatch, Field, Schema, type Data } from "apache-arrow";
import { typeText } from "../arrays/layout.ts";
import { listData } from "../arrays/list-data.ts";
import { batchOf } from "../arrays/make-array.ts";
import type { IpcStream } from "@rerun-ts/core/rrd";
import { readIpc } from "../ipc/read-ipc.ts";
import { listType, timelineType } from "./arrow-types.ts";
import type { CachedSchema, SchemaCache } from "./schema-cache.ts";

/** A column of a chunk, and its position. */
export interface ChunkColumn {
  readonly name: string;
  readonly field: Field;
  readonly index: number;
}

/** The columns of chunks with one schema, by their kinds. */
export interface ChunkLayout {
  readonly rowIds: number;
  readonly timelines: readonly ChunkColumn[];
  readonly components: readonly ChunkColumn[];
}

/** A column of a chunk: its field and its values. */
export interface StoredColumn {
  readonly field: Field;
  readonly data: Data;
}

/** The columns of a chunk, in memory or read on first access. */
export interface ChunkBatch {
  /** The fields of the columns, and the metadata of the chunk. */
  readonly schema: Schema;
  /** The number of rows. */
  readonly rows: number;
  /** A column, whose array begins at the start of its buffers. */
  column(index: number): Data;
}

/** Whether a value is the data of a chunk, also of another copy of this module, which a late import may load. */
export function isChunkData(value: unknown): value is ChunkData {
  return typeof value === "object" && value !== null && typeof (value as Partial<ChunkData>).rowId === "function";
}

/** The rows of a chunk. Columns are read on first access. */
export class ChunkData {
  /** The id, as 32 hexadecimal digits in Rerun's form. */
  readonly id: string;
  readonly entityPath: string;
  /** The columns by their kinds. */
  readonly layout: ChunkLayout;
  readonly #batch: ChunkBatch;
  readonly #times: (BigInt64Array | undefined)[] = [];
  /** The message with the chunk, if it was read from one. */
  readonly payload: Uint8Array | undefined;
  readonly #encode: (() => Uint8Array | IpcStream) | undefined;
  #stream: Uint8Array | IpcStream | undefined;

  /**
   * @param encode returns the chunk as an Arrow IPC stream, possibly still to be written. Called on demand. Default:
   * `streamOf` encodes the columns
   */
  constructor(id: string, batch: ChunkBatch, encode?: () => Uint8Array | IpcStream, payload?: Uint8Array) {
    this.id = id;
    this.payload = payload;
    this.entityPath = batch.schema.metadata.get("rerun:entity_path") ?? "/";
    this.layout = chunkLayoutOf(batch.schema.fields);
    this.#batch = batch;
    this.#encode = encode;
  }

  /**
   * Reads a chunk.
   *
   * @param payload the message that it is from. Copies of the chunk in other recordings need not be encoded then
   * @throws {RerunError} `INVALID_FORMAT` if it is damaged, `UNSUPPORTED` if it has an unknown version
   */
  static read(arrow: Uint8Array, schemas: SchemaCache, payload?: Uint8Array): ChunkData {
    let cached: CachedSchema | undefined;
    // Rerun ignores batches after the first one.
    const [batch] = readIpc(arrow, (message) => (cached = schemas.read(message)).schema, 1).batches;
    if (batch === undefined) throw new RerunError("INVALID_FORMAT", "a chunk has no Arrow batch");
    const { id, modern } = cached as unknown as CachedSchema;
    if (modern === undefined) return new ChunkData(id, batch, () => arrow, payload);
    return modernChunk(id, batch, modern);
  }

  /**
   * The Arrow IPC stream of the chunk, possibly still to be written. `undefined` if only its columns are known. Use
   * `streamOf`, which loads more code.
   */
  get stream(): Uint8Array | IpcStream | undefined {
    return (this.#stream ??= this.#encode?.());
  }

  /** The uncompressed size of the Arrow data, in bytes. Approximate for chunks whose columns alone are known. */
  get byteLength(): number {
    return this.stream?.byteLength ?? this.columns.reduce((sum, { data }) => sum + data.byteLength, 0);
  }

  /** All columns with their fields, by position. */
  get columns(): readonly StoredColumn[] {
    return this.#batch.schema.fields.map((_, index) => this.column(index));
  }

  /** One column with its field. For a few of many columns this is faster than {@link columns}. */
  column(index: number): StoredColumn {
    return { field: this.#batch.schema.fields[index] as Field, data: this.#batch.column(index) };
  }

  /** A component with its field, as a list of instances for each row. Rerun reads a value without a list as one. */
  component({ index }: ChunkColumn): StoredColumn {
    const { field, data } = this.column(index);
    const { name, nullable, type, metadata } = field;
    if (DataType.isList(type)) return { field, data };
    const list = listType(type);
    return { field: new Field(name, list, nullable, metadata), data: listData(data, list) };
  }

  /** The number of rows. */
  get rows(): number {
    return this.#batch.rows;
  }

  /** The row ids: 16 bytes each, in the order of ids. */
  get rowIds(): Uint8Array {
    return this.#batch.column(this.layout.rowIds).values as Uint8Array;
  }

  /** The id of a row as a string of 8 units of 16 bits. Later ids are greater. */
  rowId(row: number): string {
    const { buffer, byteOffset } = this.rowIds;
    const id = new DataView(buffer, byteOffset + row * 16, 16);
    const unit = (at: number): number => id.getUint16(at);
    // Written out, because a spread of bytes makes an object of each.
    return String.fromCharCode(unit(0), unit(2), unit(4), unit(6), unit(8), unit(10), unit(12), unit(14));
  }

  /** The times on a timeline, the same array each time. @throws {RerunError} `INVALID_FORMAT` if some are missing */
  times(column: ChunkColumn): BigInt64Array {
    const known = this.#times[column.index];
    if (known !== undefined) return known;
    const data = this.#batch.column(column.index);
    if (data.nullCount > 0)
      throw new RerunError("INVALID_FORMAT", `the timeline \`${column.name}\` of a chunk has nulls`);
    const { buffer, byteOffset } = data.values as BigInt64Array;
    return (this.#times[column.index] = new BigInt64Array(buffer, byteOffset, data.length));
  }

  /** The values of a component: a list of instances for each row. */
  values(column: ChunkColumn): Data {
    const data = this.#batch.column(column.index);
    return listData(data, listType(column.field.type));
  }

  /** The chunk as a batch of apache-arrow, with its row ids, times and components. */
  toRecordBatch(): RecordBatch {
    // Chunks share schemas, which have the id of the first of them.
    const { fields, metadata } = this.#batch.schema;
    const schema = new Schema(fields, new Map([...metadata, ["rerun:id", `chunk_${this.id}`]]));
    return batchOf(
      schema,
      this.rows,
      this.columns.map(({ data }) => data),
    );
  }

  /** The schema. Several chunks share it, so its chunk id may belong to another chunk. */
  get schema(): Schema {
    return this.#batch.schema;
  }

  /** The metadata of the chunk. The schema is shared, so the id is replaced. */
  get metadata(): ReadonlyMap<string, string> {
    return this.#batch.schema.metadata;
  }
}

/** A chunk of before Rerun 0.24 in the form of Rerun 0.41. Its message is not in that form. */
function modernChunk(
  id: string,
  batch: ChunkBatch,
  { schema, positions }: NonNullable<CachedSchema["modern"]>,
): ChunkData {
  const own = new Schema(schema.fields, new Map([...schema.metadata, ["rerun:id", `chunk_${id}`]]));
  const column = (index: number): Data => batch.column(positions[index] as number);
  return new ChunkData(id, { schema: own, rows: batch.rows, column });
}

const layouts = new WeakMap<readonly Field[], ChunkLayout>();

/** The columns of chunks with these fields. @throws {RerunError} `INVALID_FORMAT` if they are not those of a chunk */
export function chunkLayoutOf(fields: readonly Field[]): ChunkLayout {
  const known = layouts.get(fields);
  if (known !== undefined) return known;
  const layout = findColumns(fields);
  layouts.set(fields, layout);
  return layout;
}

function findColumns(fields: readonly Field[]): ChunkLayout {
  const timelines: ChunkColumn[] = [];
  const components: ChunkColumn[] = [];
  let rowIds = -1;
  for (const [index, field] of fields.entries()) {
    const kind = field.metadata.get("rerun:kind") ?? "data";
    if (kind === "control" || kind === "row_id") {
      if (!DataType.isFixedSizeBinary(field.type) || field.type.byteWidth !== 16)
        throw new RerunError("INVALID_FORMAT", `the row ids of a chunk have the type ${typeText(field.type)}`);
      rowIds = index;
    } else if (kind === "index" || kind === "time") {
      const name = field.metadata.get("rerun:index_name") ?? field.name;
      if (timelineType(field.type) === undefined)
        throw new RerunError(
          "INVALID_FORMAT",
          `the timeline \`${name}\` of a chunk has the type ${typeText(field.type)}`,
        );
      timelines.push({ name, field, index });
    } else if (kind === "data" || kind === "component") {
      components.push({ name: field.metadata.get("rerun:component") ?? field.name, field, index });
    } else
      throw new RerunError("INVALID_FORMAT", `the column \`${field.name}\` of a chunk has the unknown kind ${kind}`);
  }
  if (rowIds < 0) throw new RerunError("INVALID_FORMAT", "a chunk has no row ids");
  return { rowIds, timelines, components };
}
