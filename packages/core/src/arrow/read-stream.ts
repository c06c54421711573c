import { RerunError } from "../errors/rerun-error.ts";
import { childrenOf, type ArrowField, type ArrowType } from "./arrow-type.ts";
import { opaqueLayoutOf } from "./opaque-type.ts";
import { FlatBufferTable } from "./flatbuffer-reader.ts";
import { readSchema, type ArrowSchema } from "./read-schema.ts";

const CONTINUATION = 0xffffffff;
const HEADER_SCHEMA = 1;
const HEADER_DICTIONARY = 2;
const HEADER_RECORD_BATCH = 3;

/** The outermost layer of a column: what tells nulls and lengths, not the values inside. */
export interface ReadColumn {
  readonly field: ArrowField;
  readonly nullCount: number;
  /** The buffers of the column itself, without those of its children. */
  readonly buffers: readonly Uint8Array[];
}

/** A stream of one record batch, taken apart. */
export interface ReadStream {
  readonly schema: ArrowSchema;
  readonly rows: number;
  readonly columns: readonly ReadColumn[];
}

/**
 * Reads an Arrow IPC stream of one record batch; nothing is copied. Throws `RangeError` where it is truncated.
 * Source: Arrow's format/Message.fbs.
 * @throws {RerunError} `UNSUPPORTED` at what Rerun's chunks do not have
 */
export function readStream(bytes: Uint8Array): ReadStream {
  let schema: ArrowSchema | undefined;
  for (const { type, header, body } of messagesOf(bytes)) {
    if (type === HEADER_SCHEMA) schema = readSchema(header);
    else if (type === HEADER_DICTIONARY) continue;
    else if (type === HEADER_RECORD_BATCH && schema !== undefined) return readBatch(schema, header, body);
    else throw new RerunError("UNSUPPORTED", `a chunk has an Arrow message that cannot be copied (${type})`);
  }
  throw new RerunError("INVALID_FORMAT", "a chunk has no Arrow data");
}

interface Message {
  readonly type: number;
  readonly header: FlatBufferTable;
  readonly body: Uint8Array;
}

function* messagesOf(bytes: Uint8Array): Generator<Message> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.byteLength;) {
    if (view.getUint32(at, true) !== CONTINUATION) throw new RerunError("INVALID_FORMAT", "a chunk is no Arrow stream");
    const length = view.getInt32(at + 4, true);
    if (length === 0) return;
    if (length < 0 || at + 8 + length > bytes.byteLength) throw truncated();
    const metadata = new DataView(bytes.buffer, bytes.byteOffset + at + 8, length);
    const message = FlatBufferTable.root(metadata);
    const header = message.table(2);
    const bodyLength = message.int64(3);
    const end = at + 8 + length + bodyLength;
    if (header === undefined || bodyLength < 0 || end > bytes.byteLength) throw truncated();
    yield { type: message.uint8(1), header, body: bytes.subarray(at + 8 + length, end) };
    at = end;
  }
}

function truncated(): RerunError {
  return new RerunError("INVALID_FORMAT", "a chunk is truncated, or its lengths are wrong");
}

function readBatch(schema: ArrowSchema, batch: FlatBufferTable, body: Uint8Array): ReadStream {
  if (batch.has(3)) throw new RerunError("UNSUPPORTED", "a chunk's Arrow buffers are compressed by themselves");
  const nodes = batch.int64Pairs(1);
  const places = batch.int64Pairs(2);
  const views = batch.int64s(4);
  let at: Counts = { nodes: 0, buffers: 0, views: 0 };
  const columns = schema.fields.map((field): ReadColumn => {
    const nullCount = nodes[at.nodes]?.[1] ?? 0;
    const buffers = places
      .slice(at.buffers, at.buffers + ownBuffers(field.type))
      .map(([offset, length]) => body.subarray(offset, offset + length));
    at = countInside(field.type, at, views);
    return { field, nullCount, buffers };
  });
  if (at.nodes !== nodes.length || at.buffers !== places.length)
    throw new RerunError("INVALID_FORMAT", "a chunk's columns do not fit its schema");
  const rows = batch.int64(0);
  // Every row has at least an id.
  if (!(rows >= 0 && rows <= body.byteLength))
    throw new RerunError("INVALID_FORMAT", `a chunk claims to have ${rows} rows`);
  return { schema, rows, columns };
}

interface Counts {
  readonly nodes: number;
  readonly buffers: number;
  readonly views: number;
}

/**
 * Counts the nodes and buffers of an array of this type, and those of its children.
 * @param before the counts before the array
 * @param views the number of further buffers of each array of views
 */
function countInside(type: ArrowType, before: Counts, views: readonly number[]): Counts {
  const own = { ...before, nodes: before.nodes + 1, buffers: before.buffers + ownBuffers(type) };
  const opaque = "write" in type ? opaqueLayoutOf(type) : undefined;
  // The values of a dictionary are elsewhere.
  if (opaque?.isDictionary === true) return own;
  if (opaque?.tag === TAGS.binaryView || opaque?.tag === TAGS.utf8View) own.buffers += views[own.views++] ?? 0;
  const children = opaque?.fields ?? childrenOf(type);
  return children.reduce((counts, child) => countInside(child.type, counts, views), own);
}

/** Numbers from Arrow's format/Schema.fbs. */
const TAGS = { union: 14, runEndEncoded: 22, binaryView: 23, utf8View: 24, listView: 25, largeListView: 26 } as const;

/** The buffers of types that have no name here, by their tag; the others have two. */
const OPAQUE_BUFFERS: Readonly<Record<number, number>> = {
  [TAGS.union]: 1,
  [TAGS.runEndEncoded]: 0,
  [TAGS.listView]: 3,
  [TAGS.largeListView]: 3,
};

/** Number of buffers that an array of this type has, without those of its children, and of views. */
function ownBuffers(type: ArrowType): number {
  if ("write" in type) {
    const { tag, isDictionary } = opaqueLayoutOf(type);
    return (isDictionary ? undefined : OPAQUE_BUFFERS[tag]) ?? 2;
  }
  switch (type.type) {
    case "Null":
      return 0;
    case "Struct":
    case "FixedSizeList":
      return 1;
    case "Utf8":
    case "LargeUtf8":
    case "Binary":
    case "LargeBinary":
      return 3;
    // A union has types and offsets, the others validity and values or offsets.
    default:
      return 2;
  }
}
