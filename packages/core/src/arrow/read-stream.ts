import { RerunError } from "../errors.ts";
import type { ArrowField, ArrowType } from "./arrow-type.ts";
import { FlatBufferTable } from "./flatbuffer-reader.ts";
import { readSchema, type ArrowSchema } from "./read-schema.ts";

const CONTINUATION = 0xffffffff;
const HEADER_SCHEMA = 1;
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
    else if (type === HEADER_RECORD_BATCH && schema !== undefined) return readBatch(schema, header, body);
    else throw new RerunError("UNSUPPORTED", `a chunk has an Arrow message that cannot be copied (${type})`);
  }
  throw new RerunError("FORMAT", "a chunk has no Arrow data");
}

interface Message {
  readonly type: number;
  readonly header: FlatBufferTable;
  readonly body: Uint8Array;
}

function* messagesOf(bytes: Uint8Array): Generator<Message> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.byteLength;) {
    if (view.getUint32(at, true) !== CONTINUATION) throw new RerunError("FORMAT", "a chunk is no Arrow stream");
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
  return new RerunError("FORMAT", "a chunk is truncated, or its lengths are wrong");
}

function readBatch(schema: ArrowSchema, batch: FlatBufferTable, body: Uint8Array): ReadStream {
  if (batch.has(3)) throw new RerunError("UNSUPPORTED", "a chunk's Arrow buffers are compressed by themselves");
  const nodes = batch.int64Pairs(1);
  const places = batch.int64Pairs(2);
  let node = 0;
  let buffer = 0;
  const columns = schema.fields.map((field): ReadColumn => {
    const nullCount = nodes[node]?.[1] ?? 0;
    const buffers = places
      .slice(buffer, buffer + ownBuffers(field.type))
      .map(([offset, length]) => body.subarray(offset, offset + length));
    const inside = countInside(field.type);
    node += inside.nodes;
    buffer += inside.buffers;
    return { field, nullCount, buffers };
  });
  if (node !== nodes.length || buffer !== places.length)
    throw new RerunError("FORMAT", "a chunk's columns do not fit its schema");
  const rows = batch.int64(0);
  // Every row has at least an id.
  if (!(rows >= 0 && rows <= body.byteLength)) throw new RerunError("FORMAT", `a chunk claims to have ${rows} rows`);
  return { schema, rows, columns };
}

/** How many nodes and buffers an array of this type has, with those of its children. */
function countInside(type: ArrowType): { readonly nodes: number; readonly buffers: number } {
  let nodes = 1;
  let buffers = ownBuffers(type);
  for (const child of childrenOf(type)) {
    const inside = countInside(child.type);
    nodes += inside.nodes;
    buffers += inside.buffers;
  }
  return { nodes, buffers };
}

function ownBuffers(type: ArrowType): number {
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

function childrenOf(type: ArrowType): readonly ArrowField[] {
  if ("item" in type) return [type.item];
  return "fields" in type ? type.fields : [];
}
