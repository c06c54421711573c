import type { ProtobufField } from "@rerun-ts/core/rrd";
import { BytesColumn } from "../columns/leaf-columns.ts";
import { MapColumn, StructColumn } from "../columns/nested-columns.ts";
import { NumberColumn } from "../columns/number-column.ts";
import type { FieldSpans } from "./field-spans.ts";
import { readMessageField } from "./read-message-field.ts";
import { readEnumNumber, type ScalarReader } from "./scalar-readers.ts";

/** An entry of a map: the positions of its key and its value. A length of -1 means none. */
interface Entry {
  readonly key: string;
  readonly keyAt: readonly [start: number, end: number];
  readonly valueAt: readonly [start: number, end: number];
}

const NONE = [0, -1] as const;

/** Reads maps, whose entries are sorted by their keys. */
export class MapReader {
  readonly column: MapColumn;
  readonly #key: ScalarReader;
  readonly #value: ScalarReader;
  readonly #entries: StructColumn;
  readonly #field: ProtobufField = { number: 0, wireType: 0, start: 0, end: 0 };

  /** @param extension the Arrow extension type of the values */
  constructor(key: ScalarReader, value: ScalarReader, extension: string | undefined) {
    this.#key = key;
    this.#value = value;
    this.#entries = new StructColumn([
      { name: "key", column: key.column },
      { name: "value", column: value.column, isNullable: true, extension },
    ]);
    this.column = new MapColumn(this.#entries);
  }

  /** Reads the entries of one message. */
  read(bytes: Uint8Array, spans: FieldSpans): void {
    const entries = new Map<string, Entry>();
    for (let index = 0; index < spans.size; index++) {
      const entry = this.#entry(bytes, spans.start(index), spans.end(index));
      entries.set(entry.key, entry);
    }
    const sorted = [...entries.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const { keyAt, valueAt } of sorted) {
      append(this.#key, bytes, keyAt);
      append(this.#value, bytes, valueAt);
      this.#entries.end();
    }
    this.column.end();
  }

  #entry(bytes: Uint8Array, start: number, end: number): Entry {
    const field = this.#field;
    let keyAt: Entry["keyAt"] = NONE;
    let valueAt: Entry["valueAt"] = NONE;
    for (let at = start; at < end;) {
      at = readMessageField(bytes, at, end, field);
      if (field.number === 1 && field.wireType === this.#key.wireType) keyAt = [field.start, field.end];
      if (field.number === 2 && field.wireType === this.#value.wireType) valueAt = [field.start, field.end];
    }
    return { key: this.#sortKey(bytes, keyAt), keyAt, valueAt };
  }

  /** A text that sorts as the key does: texts by their bytes, numbers by their value. */
  #sortKey(bytes: Uint8Array, [start, end]: Entry["keyAt"]): string {
    const { column } = this.#key;
    if (end < start) return "";
    if (column instanceof BytesColumn) return binaryText(bytes, start, end);
    if (!(column instanceof NumberColumn)) return String(readEnumNumber(bytes, start, end));
    const { length } = column;
    this.#key.read(bytes, start, end);
    const shifted = BigInt(column.values[length] as number | bigint) + 2n ** 63n;
    column.truncate(length);
    return shifted.toString(16).padStart(17, "0");
  }
}

/** Bytes as characters. `TextDecoder` has no encoding that keeps their order: its `latin1` is Windows-1252. */
function binaryText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] as number);
  return text;
}

function append(reader: ScalarReader, bytes: Uint8Array, [start, end]: Entry["keyAt"]): void {
  if (end < start) reader.column.pushDefault();
  else reader.read(bytes, start, end);
}
