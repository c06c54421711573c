import { getOrAdd } from "../collections/get-or-add.ts";
import { arrowTypeKey, childrenOf, fieldKey } from "./arrow-type.ts";
import type { ArrowField, ArrowMetadata, ArrowType, OpaqueType } from "./arrow-type.ts";
import { padded } from "./array-collector.ts";
import { FlatBufferWriter, type FlatbufferSlot, type WrittenTable } from "./flatbuffer.ts";

/** Numbers from Arrow's format/Message.fbs and format/Schema.fbs. */
export const METADATA_V5 = 4;
const HEADER_SCHEMA = 1;
const HEADER_RECORD_BATCH = 3;
const UNIT_DAY = 0;
const UNIT_NANOSECOND = 3;
const MODE_DENSE = 1;
const CONTINUATION = 0xffffffff;

/** The length of the marker and the length before a message. */
export const ENCAPSULATION = 8;

/** Encodes a schema as an encapsulated message. */
export function encodeSchema(fields: readonly ArrowField[], metadata: ArrowMetadata): Uint8Array {
  return encapsulate(writeSchema(fields, metadata).bytes);
}

/** A schema as a flatbuffer, with the positions of its metadata values. The last value is the last object. */
export interface WrittenSchema {
  readonly bytes: Uint8Array;
  readonly valuePositions: readonly number[];
}

export function writeSchema(fields: readonly ArrowField[], metadata: ArrowMetadata): WrittenSchema {
  const out = new FlatBufferWriter();
  const message = out.table([["i16", METADATA_V5], ["u8", HEADER_SCHEMA], ["ref"]]);
  out.setRoot(message);
  const schema = out.table([undefined, ["ref"], metadata.length > 0 ? ["ref"] : undefined]);
  out.link(message.slots[2] as number, schema);
  writeArrowFields(out, schema.slots[1] as number, fields);
  out.writeShared();
  const valuePositions = metadata.length > 0 ? writeMetadata(out, schema.slots[2] as number, metadata) : [];
  return { bytes: out.bytes, valuePositions };
}

/** An encapsulated RecordBatch message without its body, as a template with the positions of its numbers. */
export interface RecordBatchMessage {
  readonly bytes: Uint8Array;
  readonly rowsPosition: number;
  readonly bodyLengthPosition: number;
  readonly nodesPosition: number;
  readonly buffersPosition: number;
}

/** Encodes a record batch message with all numbers zero. */
export function encodeRecordBatch(nodeCount: number, bufferCount: number): RecordBatchMessage {
  const out = new FlatBufferWriter();
  const message = out.table([["i16", METADATA_V5], ["u8", HEADER_RECORD_BATCH], ["ref"], ["i64", 0]]);
  out.setRoot(message);
  const batch = out.table([["i64", 0], ["ref"], ["ref"]]);
  out.link(message.slots[2] as number, batch);
  const nodes = out.structs(batch.slots[1] as number, nodeCount, 16);
  const buffers = out.structs(batch.slots[2] as number, bufferCount, 16);
  return {
    bytes: encapsulate(out.bytes),
    rowsPosition: (batch.slots[0] as number) + 8,
    bodyLengthPosition: (message.slots[3] as number) + 8,
    nodesPosition: nodes + 8,
    buffersPosition: buffers + 8,
  };
}

/** Prepends the continuation marker and the length to a message, and pads it to 8 bytes. */
export function encapsulate(metadata: Uint8Array): Uint8Array {
  const length = padded(metadata.byteLength);
  const message = new Uint8Array(ENCAPSULATION + length);
  const view = new DataView(message.buffer);
  view.setUint32(0, CONTINUATION, true);
  view.setUint32(4, length, true);
  message.set(metadata, ENCAPSULATION);
  return message;
}

/** Writes fields for the slot at `from`. Fields with equal types and equal metadata share their tables. */
export function writeArrowFields(out: FlatBufferWriter, from: number, fields: readonly ArrowField[]): void {
  let reference = out.references(from, fields.length) - 4;
  for (const field of fields) {
    reference += 4;
    if ("write" in field.type) {
      field.type.write(out, reference, field);
      continue;
    }
    const { name, nullable, type, metadata = [] } = field;
    const table = out.table([
      ["ref"],
      ["u8", nullable ? 1 : 0],
      ["u8", TYPES[type.type].tag],
      ["ref"],
      undefined,
      ["ref"],
      metadata.length > 0 ? ["ref"] : undefined,
    ]);
    out.link(reference, table);
    out.string(table.slots[0] as number, name);
    const keys = getOrAdd(shareKeys, type, () => makeShareKeys(type));
    out.share(table.slots[3] as number, keys.type, (slot) => writeType(out, slot, type));
    const writeChildren = (slot: number): void => writeArrowFields(out, slot, childrenOf(type));
    if (keys.children === undefined) writeChildren(table.slots[5] as number);
    else out.share(table.slots[5] as number, keys.children, writeChildren);
    if (metadata.length > 0) shareMetadata(out, table.slots[6] as number, metadata);
  }
}

/** Cache shared by equal types, and by types with equal children. `undefined` forbids sharing. */
interface ShareKeys {
  readonly type: string;
  readonly children: string | undefined;
}

const shareKeys = /* @__PURE__ */ new WeakMap<ArrowType, ShareKeys>();

function makeShareKeys(type: ArrowType): ShareKeys {
  // Dictionaries must not share fields, because they are numbered by the position of their field.
  const children = hasOpaque(type) ? undefined : `children ${childrenOf(type).map(fieldKey).join()}`;
  return { type: `type ${arrowTypeKey(type)}`, children };
}

function hasOpaque(type: ArrowType): boolean {
  return "write" in type || childrenOf(type).some((child) => hasOpaque(child.type));
}

const PAIR = [["ref"], ["ref"]] as const;

/** Writes metadata of a field for the slot at `from`. */
function shareMetadata(out: FlatBufferWriter, from: number, metadata: ArrowMetadata): void {
  let reference = out.references(from, metadata.length) - 4;
  for (const pair of metadata) {
    const [key, value] = pair;
    out.share((reference += 4), pair, (slot) => {
      const table = out.table(PAIR);
      out.link(slot, table);
      out.share(table.slots[0] as number, `key ${key}`, (keySlot) => out.string(keySlot, key));
      out.string(table.slots[1] as number, value);
    });
  }
}

/** Writes metadata of a schema for the slot at `from`. Returns where each value begins. */
export function writeMetadata(out: FlatBufferWriter, from: number, metadata: ArrowMetadata): number[] {
  const references = out.references(from, metadata.length);
  return metadata.map(([key, value], index) => {
    const pair = out.table(PAIR);
    out.link(references + index * 4, pair);
    out.string(pair.slots[0] as number, key);
    return out.string(pair.slots[1] as number, value);
  });
}

interface TypeLayout {
  readonly tag: number;
  readonly slots: readonly FlatbufferSlot[];
}

const int = (bits: number, isSigned: boolean): TypeLayout => ({
  tag: 2,
  slots: [
    ["i32", bits],
    ["u8", isSigned ? 1 : 0],
  ],
});
const float = (precision: number): TypeLayout => ({ tag: 3, slots: [["i16", precision]] });

/** A type that is written here. */
type NamedType = Exclude<ArrowType, OpaqueType>;

/**
 * The tag of each type, and the fields of its table. `writeType` adds the fields that depend on the type's parameters.
 */
export const TYPES: Readonly<Record<NamedType["type"], TypeLayout>> = {
  Null: { tag: 1, slots: [] },
  Int8: int(8, true),
  Int16: int(16, true),
  Int32: int(32, true),
  Int64: int(64, true),
  UInt8: int(8, false),
  UInt16: int(16, false),
  UInt32: int(32, false),
  UInt64: int(64, false),
  Float16: float(0),
  Float32: float(1),
  Float64: float(2),
  Binary: { tag: 4, slots: [] },
  Utf8: { tag: 5, slots: [] },
  Bool: { tag: 6, slots: [] },
  Date32: { tag: 8, slots: [["i16", UNIT_DAY]] },
  Timestamp: { tag: 10, slots: [["i16", UNIT_NANOSECOND]] },
  List: { tag: 12, slots: [] },
  Struct: { tag: 13, slots: [] },
  Union: { tag: 14, slots: [["i16", MODE_DENSE], ["ref"]] },
  FixedSizeBinary: { tag: 15, slots: [["i32", 0]] },
  FixedSizeList: { tag: 16, slots: [["i32", 0]] },
  Duration: { tag: 18, slots: [["i16", UNIT_NANOSECOND]] },
  LargeBinary: { tag: 19, slots: [] },
  LargeUtf8: { tag: 20, slots: [] },
};

/** Writes the table of a type for the slot at `from`. */
export function writeType(out: FlatBufferWriter, from: number, type: NamedType): void {
  const { slots } = TYPES[type.type];
  const table: WrittenTable = out.table("size" in type ? [["i32", type.size]] : slots);
  out.link(from, table);
  if (type.type === "Union") out.int32s(table.slots[1] as number, type.typeIds);
}
