import { RerunError, type StoreId } from "@rerun-ts/core";
import { readDataframePart, toStoreId, type RrdManifest } from "@rerun-ts/core/rrd";
import { DataType, type Data, type Field, type Schema } from "apache-arrow";
import { typeText } from "../arrays/layout.ts";
import type { IpcBatch } from "../ipc/ipc-batch.ts";
import { readIpc } from "../ipc/read-ipc.ts";
import { RepeatedSchemas } from "../ipc/repeated-schemas.ts";
import { chunkIdOfBytes } from "./chunk-id-text.ts";
import type { ChunkInfo, ComponentSpan, TimeSpan } from "./chunk-info.ts";
import { timelineType } from "./arrow-types.ts";
import { migrateField } from "./migrate-schema.ts";
import { StoreIndex } from "./store-index.ts";

/**
 * Reads the index of a store from a footer. No chunk is read.
 * @throws {RerunError} `INVALID_FORMAT` if the index is damaged, or lacks a part that readers need
 */
export function readManifest(manifest: RrdManifest): StoreIndex {
  const store = new StoreIndex(toStoreId(manifest.storeId));
  addManifest(store, manifest);
  return store;
}

/**
 * Adds the columns and chunks of an index to those of others. Returns its table: one row for each chunk.
 *
 * @param start the position of its recording in the source
 * @param schemas the schemas of the indexes before. Default: those of the last small index
 * @throws {RerunError} `INVALID_FORMAT` if the index is damaged, or lacks a part that readers need
 */
export function addManifest(
  store: StoreIndex,
  manifest: RrdManifest,
  start: number = 0,
  schemas: IndexSchemas = lastSchemas,
): IpcBatch {
  const { schema } = readIpc(manifest.sorbetSchema?.arrowSchema ?? new Uint8Array(0), schemas.recordings.read);
  if (schemas.isNew(store, schema)) addColumns(store, schema);
  const [batch] = readIpc(readDataframePart(manifest.data), schemas.tables.read, 1).batches;
  if (batch === undefined) throw new RerunError("INVALID_FORMAT", "the index of a recording has no rows");
  addChunks(store, batch, start);
  return batch;
}

/** The schemas of many indexes: parts of a recording mostly have the same. */
export class IndexSchemas {
  readonly recordings: RepeatedSchemas;
  readonly tables: RepeatedSchemas;
  readonly #added = new WeakMap<StoreIndex, Schema>();

  /** @param maxBytes the largest schema that is remembered. Default: any */
  constructor(maxBytes?: number) {
    this.recordings = new RepeatedSchemas(maxBytes);
    this.tables = new RepeatedSchemas(maxBytes);
  }

  /** Whether the schema of a recording differs from that of its previous index. */
  isNew(store: StoreIndex, schema: Schema): boolean {
    const isNew = this.#added.get(store) !== schema;
    this.#added.set(store, schema);
    return isNew;
  }
}

/** The last schemas of small indexes, because the next file that is opened mostly comes from the same program. */
const lastSchemas = /* @__PURE__ */ new IndexSchemas(64 * 1024);

/**
 * Adds the timelines and components of a schema of Rerun.
 * @throws {RerunError} `INVALID_FORMAT` if the schema is damaged
 */
export function addColumns(store: StoreIndex, { fields }: Schema): void {
  for (const stored of fields) {
    const field = migrateField(stored);
    const { metadata, name } = field;
    const kind = metadata.get("rerun:kind") ?? "data";
    if (kind === "index" || kind === "time") store.addTimeline(metadata.get("rerun:index_name") ?? name, field.type);
    else if (kind === "data" || kind === "component") {
      const entityPath = metadata.get("rerun:entity_path");
      if (entityPath === undefined) throw new RerunError("INVALID_FORMAT", `the column \`${name}\` has no entity path`);
      store.addColumn(entityPath, metadata.get("rerun:component") ?? name, field, {
        isStatic: isSet(metadata, "rerun:is_static"),
        isEmpty: isSet(metadata, "rerun:is_semantically_empty"),
      });
    }
  }
}

function isSet(metadata: ReadonlyMap<string, string>, key: string): boolean {
  return !/^(?:false|no)?$/i.test(metadata.get(key) ?? "");
}

/** The columns of an index about one timeline, or about a component on it. */
interface TimeColumns {
  readonly timeline: string;
  readonly component: string | undefined;
  start?: BigInt64Array;
  end?: BigInt64Array;
  rows?: BigUint64Array;
  /** The bits of the rows that have times. `undefined` if all have. */
  present?: Uint8Array | undefined;
}

function addChunks(store: StoreIndex, batch: IpcBatch, start: number): void {
  const column = (name: string, isExpected: (type: DataType) => boolean): Data => {
    const index = batch.schema.fields.findIndex((field) => field.name === name);
    if (index < 0) throw new RerunError("INVALID_FORMAT", `the index of a recording has no column \`${name}\``);
    const data = columnOf(batch, index, isExpected);
    if (data.nullCount > 0) throw new RerunError("INVALID_FORMAT", `the column \`${name}\` of an index has nulls`);
    return data;
  };
  const numbers = (name: string): BigUint64Array => column(name, isCount).values as BigUint64Array;
  const paths = column("chunk_entity_path", (type) => DataType.isUtf8(type));
  const ids = column("chunk_id", isId).values as Uint8Array;
  const [rows, offsets, sizes] = [numbers("chunk_num_rows"), numbers("chunk_byte_offset"), numbers("chunk_byte_size")];
  const { times, statics } = findIndexes(batch);
  const pathOf = cachedTexts(paths.valueOffsets as Int32Array, paths.values as Uint8Array);
  const columns: IndexColumns = {
    timelines: times.filter(({ component }) => component === undefined),
    components: times.filter(({ component }) => component !== undefined),
    storeId: store.storeId,
    statics,
    offsets,
    sizes,
    start,
  };
  for (let row = 0; row < batch.rows; row++) {
    const info = new IndexedChunk(columns, row, chunkIdAt(ids, row), pathOf(row), Number(rows[row]));
    // A chunk that a server received twice is in the index twice, with equal entries.
    if (!store.addChunk(info) && !isSame(info, store.chunkWithId(info.id)))
      throw new RerunError("INVALID_FORMAT", `the index of a recording has different chunks with the id ${info.id}`);
  }
}

/** A column of an index. @throws {RerunError} `INVALID_FORMAT` if the column is damaged, or has another type */
function columnOf(batch: IpcBatch, index: number, isExpected: (type: DataType) => boolean): Data {
  const data = batch.column(index);
  if (isExpected(data.type)) return data;
  const name = batch.schema.fields[index]?.name;
  throw new RerunError("INVALID_FORMAT", `the column \`${name}\` of an index has the type ${typeText(data.type)}`);
}

function isId(type: DataType): boolean {
  return DataType.isFixedSizeBinary(type) && type.byteWidth === 16;
}

function isCount(type: DataType): boolean {
  return DataType.isInt(type) && type.bitWidth === 64 && !type.isSigned;
}

function isTime(type: DataType): boolean {
  return timelineType(type) !== undefined;
}

function isSame(chunk: ChunkInfo, known: ChunkInfo | undefined): boolean {
  if (chunk.entityPath !== known?.entityPath || chunk.rows !== known.rows || chunk.place.length !== known.place.length)
    return false;
  return [...chunk.timelines].every(([name, { start, end }]) => {
    const span = known.timelines.get(name);
    return start === span?.start && end === span.end;
  });
}

/** The columns of an index that describe a chunk beyond its identity. */
interface IndexColumns {
  readonly storeId: StoreId;
  readonly timelines: readonly TimeColumns[];
  readonly components: readonly TimeColumns[];
  readonly statics: readonly StaticColumn[];
  readonly offsets: BigUint64Array;
  readonly sizes: BigUint64Array;
  /** The position of the recording in the source, which is added to the offsets. */
  readonly start: number;
}

/** Says which chunks have static values of a component. */
interface StaticColumn {
  readonly component: string;
  readonly data: Data;
}

/** A chunk of an index. Its times and components are read on first access, which most chunks never need. */
class IndexedChunk implements ChunkInfo {
  readonly id: string;
  readonly entityPath: string;
  readonly rows: number;
  readonly #columns: IndexColumns;
  readonly #row: number;
  #timelines: ReadonlyMap<string, TimeSpan> | undefined;
  #components: ReadonlyMap<string, ComponentSpan> | undefined;

  constructor(columns: IndexColumns, row: number, id: string, entityPath: string, rows: number) {
    this.id = id;
    this.entityPath = entityPath;
    this.rows = rows;
    this.#columns = columns;
    this.#row = row;
  }

  /** The same entry before the first access to its times and components. */
  copy(): ChunkInfo {
    return new IndexedChunk(this.#columns, this.#row, this.id, this.entityPath, this.rows);
  }

  /** The store that the index lists the chunk under. */
  get storeId(): StoreId {
    return this.#columns.storeId;
  }

  get place(): ChunkInfo["place"] {
    const { offsets, sizes, start } = this.#columns;
    return { offset: start + Number(offsets[this.#row]), length: Number(sizes[this.#row]) };
  }

  get timelines(): ReadonlyMap<string, TimeSpan> {
    return (this.#timelines ??= this.#readTimelines());
  }

  get components(): ReadonlyMap<string, ComponentSpan> {
    return (this.#components ??= this.#readComponents());
  }

  #readTimelines(): ReadonlyMap<string, TimeSpan> {
    const found = new Map<string, TimeSpan>();
    for (const columns of this.#columns.timelines) {
      const span = spanAt(columns, this.#row);
      if (span !== undefined) found.set(columns.timeline, span);
    }
    return found;
  }

  #readComponents(): ReadonlyMap<string, ComponentSpan> {
    const found = new Map<string, { readonly rows: number; readonly times: Map<string, TimeSpan> }>();
    for (const columns of this.#columns.components) {
      const { component = "", timeline, rows } = columns;
      const span = spanAt(columns, this.#row);
      const count = rows === undefined ? 1 : Number(rows[this.#row]);
      if (span === undefined || count === 0) continue;
      let entry = found.get(component);
      if (entry === undefined) found.set(component, (entry = { rows: count, times: new Map() }));
      entry.times.set(timeline, span);
    }
    for (const { component, data } of this.#columns.statics)
      if (isSetIn(data.values as Uint8Array, this.#row)) found.set(component, { rows: this.rows, times: new Map() });
    return found;
  }
}

/** An entry to be read once, so that a million entries do not keep what is read of them. */
export function entryForOnce(entry: ChunkInfo): ChunkInfo {
  return entry instanceof IndexedChunk ? entry.copy() : entry;
}

/**
 * Compares the store in a chunk's message with the one that an index lists the chunk under. Messages of Rerun before
 * 0.26 lack the application id.
 *
 * @throws {RerunError} `INVALID_FORMAT` if they differ
 */
export function checkStore(entry: ChunkInfo, { kind, applicationId, recordingId }: StoreId): void {
  if (!(entry instanceof IndexedChunk)) return;
  const { storeId: listed } = entry;
  const isSameApplication = applicationId === "" || applicationId === listed.applicationId;
  if (kind === listed.kind && recordingId === listed.recordingId && isSameApplication) return;
  const [own, other] = [`${kind} ${recordingId}`, `${listed.kind} ${listed.recordingId}`];
  const remedy = 'open the file with `mode: "stream"`, which ignores the footer';
  throw new RerunError(
    "INVALID_FORMAT",
    `it belongs to the ${own}, but the footer lists it under the ${other}; ${remedy}`,
  );
}

/** The first and the last time of a chunk, or `undefined` if it has none. */
function spanAt({ start, end, present }: TimeColumns, row: number): TimeSpan | undefined {
  if (start === undefined || end === undefined || (present !== undefined && !isSetIn(present, row))) return undefined;
  return { start: start[row] as bigint, end: end[row] as bigint };
}

const DESCRIPTOR = ["rerun:archetype", "rerun:component", "rerun:component_type"] as const;

/** Finds the columns of an index by their metadata. @throws {RerunError} `INVALID_FORMAT` if the index has none */
function findIndexes(batch: IpcBatch): {
  readonly times: readonly TimeColumns[];
  readonly statics: readonly StaticColumn[];
} {
  const times = new Map<string, TimeColumns>();
  const statics: StaticColumn[] = [];
  for (const [index, field] of (batch.schema.fields as readonly Field<DataType>[]).entries()) {
    const { name } = field;
    const { metadata } = migrateField(field);
    const timeline = metadata.get("rerun:index");
    const marker = name.slice(name.lastIndexOf(":") + 1);
    const component = metadata.get("rerun:component");
    if (timeline === undefined) {
      if (/:(?:start|end|num_rows|has_static_data)$/.test(name))
        throw new RerunError("INVALID_FORMAT", `the column \`${name}\` of an index does not say what it is of`);
      continue;
    }
    if (marker === "has_static_data") {
      const data = columnOf(batch, index, (type) => DataType.isBool(type));
      if (component !== undefined) statics.push({ component, data });
      continue;
    }
    // A component has separate columns for each archetype and type that it has in some chunk.
    const key = JSON.stringify([timeline, ...DESCRIPTOR.map((part) => field.metadata.get(part))]);
    let entry = times.get(key);
    if (entry === undefined) times.set(key, (entry = { timeline, component }));
    if (marker === "num_rows") entry.rows = columnOf(batch, index, isCount).values as BigUint64Array;
    else if (marker === "start" || marker === "end") {
      const data = columnOf(batch, index, isTime);
      entry[marker] = data.values as BigInt64Array;
      if (marker === "start") entry.present = data.nullCount > 0 ? data.nullBitmap : undefined;
    }
  }
  return { times: [...times.values()], statics };
}

function isSetIn(bits: Uint8Array, row: number): boolean {
  return ((bits[row >> 3] as number) & (1 << (row & 7))) !== 0;
}

/** Reads strings, of which there are few that are repeated often: each of them is one string. */
function cachedTexts(offsets: Int32Array, values: Uint8Array): (row: number) => string {
  const decoder = new TextDecoder();
  const known = new Map<string, string>();
  return (row) => {
    const text = decoder.decode(values.subarray(offsets[row], offsets[row + 1]));
    const first = known.get(text);
    if (first === undefined) known.set(text, text);
    return first ?? text;
  };
}

/** The id of a chunk in a column of ids, as text. */
export function chunkIdAt(ids: Uint8Array, row: number): string {
  return chunkIdOfBytes(ids, row * 16);
}
