import { RerunError } from "@rerun-ts/core";
import type { ProtobufField } from "@rerun-ts/core/rrd";
import { concatBytes } from "@rerun-ts/core/util";
import { ScalarType, type DescField, type DescMessage, type DescOneof } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { ListColumn, StructColumn, type MessageField } from "../columns/nested-columns.ts";
import type { MessageColumn } from "../columns/message-column.ts";
import { FieldSpans } from "./field-spans.ts";
import { readMessageField } from "./read-message-field.ts";
import { ENUM, JSON_TYPES, JSON_VALUE, SELF, enumReader, jsonReader } from "./special-readers.ts";
import { MapReader } from "./map-reader.ts";
import { WIRE, scanVarint, scalarReader, type ScalarReader } from "./scalar-readers.ts";

/** Descriptions of messages may name each other: more columns are taken for a fault of the file. */
const MAX_COLUMNS = 10_000;
const ONEOF = "rerun.datatypes.ProtobufOneOf";

/** Counts the columns of a message and of its nested messages. */
export interface Compilation {
  columns: number;
}

/** Appends a field's value of one message to its column. */
interface FieldReader {
  readonly field: MessageField;
  append(bytes: Uint8Array): void;
}

/** Reads a field with a single value. */
interface SingularReader extends FieldReader {
  /** The start of the last value of this field in the message. -1: it has none. */
  lastStart(): number;
}

/** Reads protobuf messages into columns, in two steps: fields may come in any order. */
export class MessageReader implements ScalarReader {
  readonly column: StructColumn;
  readonly wireType: number;
  readonly #spans = new Map<number, FieldSpans>();
  readonly #allSpans: FieldSpans[] = [];
  readonly #readers: FieldReader[];
  readonly #field: ProtobufField = { number: 0, wireType: 0, start: 0, end: 0 };

  constructor(message: DescMessage, inside: Compilation = { columns: 0 }, wireType: number = WIRE.bytes) {
    this.wireType = wireType;
    inside.columns += message.fields.length;
    if (inside.columns > MAX_COLUMNS)
      throw new RerunError("UNSUPPORTED", `the message has more than ${MAX_COLUMNS} fields`);
    // As in Rerun, a oneof of one field is that field. The order is by number, with the first field of each oneof.
    const members = message.members
      .map((member) =>
        member.kind === "oneof" && member.fields.length === 1 ? (member.fields[0] as DescField) : member,
      )
      .sort((a, b) => firstNumber(a) - firstNumber(b));
    this.#readers = members.map((member) =>
      member.kind === "oneof" ? this.#oneof(member, inside) : this.#member(member, inside),
    );
    this.column = new StructColumn(this.#readers.map(({ field }) => field));
  }

  /** Reads a message in a range of bytes. @throws {Error} if the message is damaged */
  read(bytes: Uint8Array, start: number, end: number): void {
    for (const spans of this.#allSpans) spans.clear();
    const field = this.#field;
    for (let at = start; at < end;) {
      at = readMessageField(bytes, at, end, field);
      this.#spans.get(field.number)?.add(field.start, field.end, field.wireType);
    }
    for (const reader of this.#readers) reader.append(bytes);
    this.column.end();
  }

  #spansOf(number: number): FieldSpans {
    const spans = new FieldSpans();
    this.#spans.set(number, spans);
    this.#allSpans.push(spans);
    return spans;
  }

  #member(field: DescField, inside: Compilation): FieldReader {
    if (field.fieldKind === "map") return this.#map(field, inside);
    if (field.fieldKind === "list") return this.#list(field, inside);
    return this.#singular(field, inside);
  }

  #singular(field: DescField, inside: Compilation): SingularReader {
    const spans = this.#spansOf(field.number);
    const value = valueReader(field, inside);
    const isNullable = field.presence !== FeatureSet_FieldPresence.IMPLICIT;
    const { column } = value;
    const lastStart = (): number => {
      const last = lastOf(spans, value.wireType);
      return last < 0 ? -1 : spans.start(last);
    };
    const append = (bytes: Uint8Array): void => {
      const last = lastOf(spans, value.wireType);
      if (last < 0) {
        if (isNullable) column.pushNull();
        else column.pushDefault();
      } else if (value instanceof MessageReader && spans.size > 1) value.#readMerged(bytes, spans);
      else value.read(bytes, spans.start(last), spans.end(last));
    };
    const extension = extensionOf(field);
    return { field: { name: field.name, column, isNullable, extension }, lastStart, append };
  }

  /** Reads several occurrences of a message as parts of one message. */
  #readMerged(bytes: Uint8Array, spans: FieldSpans): void {
    const parts: Uint8Array[] = [];
    for (let index = 0; index < spans.size; index++) {
      if (spans.wireType(index) === this.wireType) parts.push(bytes.subarray(spans.start(index), spans.end(index)));
    }
    const all = concatBytes(parts);
    this.read(all, 0, all.byteLength);
  }

  #list(field: DescField & { fieldKind: "list" }, inside: Compilation): FieldReader {
    const spans = this.#spansOf(field.number);
    const item = valueReader(field, inside);
    const column = new ListColumn<MessageColumn>(item.column);
    const append = (bytes: Uint8Array): void => {
      if (spans.size === 0) return column.pushNull();
      for (let index = 0; index < spans.size; index++) {
        const [start, end, wireType] = [spans.start(index), spans.end(index), spans.wireType(index)];
        if (wireType === item.wireType) item.read(bytes, start, end);
        else if (wireType === WIRE.bytes && !(item instanceof MessageReader)) readPacked(item, bytes, start, end);
      }
      column.end();
    };
    const extension = extensionOf(field);
    return { field: { name: field.name, column, isNullable: true, extension }, append };
  }

  #map(field: DescField & { fieldKind: "map" }, inside: Compilation): FieldReader {
    const spans = this.#spansOf(field.number);
    const map = new MapReader(scalarReader(field.mapKey), valueReader(field, inside), extensionOf(field));
    const { column } = map;
    const append = (bytes: Uint8Array): void => (spans.size === 0 ? column.pushNull() : map.read(bytes, spans));
    return { field: { name: field.name, column, isNullable: true }, append };
  }

  /** All variants of a oneof in a struct, of which one has a value: the last in the message. */
  #oneof(oneof: DescOneof, inside: Compilation): FieldReader {
    const members = oneof.fields.map((field) => this.#singular(field, inside));
    const column = new StructColumn(members.map(({ field }) => ({ ...field, isNullable: true })));
    const append = (bytes: Uint8Array): void => {
      let start = -1;
      for (const member of members) start = Math.max(start, member.lastStart());
      if (start < 0) return column.pushNull();
      for (const member of members) {
        if (member.lastStart() === start) member.append(bytes);
        else member.field.column.pushNull();
      }
      column.end();
    };
    return { field: { name: oneof.name, column, isNullable: true, extension: ONEOF }, append };
  }
}

function firstNumber(member: DescField | DescOneof): number {
  return member.kind === "oneof" ? Math.min(...member.fields.map(({ number }) => number)) : member.number;
}

function lastOf(spans: FieldSpans, wireType: number): number {
  for (let index = spans.size - 1; index >= 0; index--) if (spans.wireType(index) === wireType) return index;
  return -1;
}

/** Reads numbers that lie one after the other. */
function readPacked(item: ScalarReader, bytes: Uint8Array, start: number, end: number): void {
  const width = item.wireType === WIRE.bits64 ? 8 : item.wireType === WIRE.bits32 ? 4 : 0;
  for (let at = start; at < end;) {
    const next = width === 0 ? scanVarint(bytes, at, end) : at + width;
    if (next > end) throw new RerunError("INVALID_FORMAT", "the last number of a repeated field is incomplete");
    item.read(bytes, at, next);
    at = next;
  }
}

/** The message or enum of a field, or its scalar type. */
function valueReader(field: DescField, inside: Compilation): ScalarReader {
  if (field.enum !== undefined) return enumReader(field.enum);
  if (field.message === undefined) return scalarReader(field.scalar ?? ScalarType.BYTES);
  if (JSON_TYPES.has(field.message.typeName)) return jsonReader(field.message);
  const isGroup = field.fieldKind !== "map" && field.delimitedEncoding;
  if (!containsItself(field.message))
    return new MessageReader(field.message, inside, isGroup ? WIRE.group : WIRE.bytes);
  if (isGroup) throw new RerunError("UNSUPPORTED", `the group ${field.message.typeName} contains itself`);
  return scalarReader(ScalarType.BYTES);
}

/** Whether messages of a type may be in messages of that type: they remain bytes. */
function containsItself(message: DescMessage): boolean {
  const seen = new Set<DescMessage>();
  const pending = [message];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const { message: inner } of next.fields) {
      if (inner === message) return true;
      if (inner === undefined || seen.has(inner) || JSON_TYPES.has(inner.typeName)) continue;
      seen.add(inner);
      pending.push(inner);
    }
  }
  return false;
}

function extensionOf(field: DescField): string | undefined {
  if (field.enum !== undefined) return ENUM;
  const { message } = field;
  if (message === undefined) return undefined;
  if (JSON_TYPES.has(message.typeName)) return JSON_VALUE;
  return containsItself(message) ? SELF : undefined;
}
