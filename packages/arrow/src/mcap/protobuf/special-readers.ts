import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { fromBinary, toJson, type DescEnum, type DescMessage, type JsonValue } from "@bufbuild/protobuf";
import { BytesColumn } from "../columns/leaf-columns.ts";
import { StructColumn } from "../columns/nested-columns.ts";
import { NumberColumn } from "../columns/number-column.ts";
import { WIRE, readEnumNumber, type ScalarReader } from "./scalar-readers.ts";

/** Arrow extension types of protobuf values. JSON has the same for each message that becomes JSON. */
export const JSON_VALUE = "google.protobuf.Struct";
export const ENUM = "rerun.datatypes.ProtobufEnum";
export const SELF = "rerun.datatypes.ProtobufSelfReferential";

/** The messages with values of any type, which become JSON. */
export const JSON_TYPES: ReadonlySet<string> = new Set([
  "google.protobuf.Struct",
  "google.protobuf.Value",
  "google.protobuf.ListValue",
]);

/** Values of an enum, with their names. A number without a name uses its digits as the name. */
export function enumReader(description: DescEnum): ScalarReader {
  const name = new BytesColumn(true);
  const value = new NumberColumn("int32");
  const column = new EnumColumn(name, value, nameOf(description, description.values[0]?.number ?? 0));
  const read = (bytes: Uint8Array, start: number, end: number): void => {
    const number = readEnumNumber(bytes, start, end);
    column.pushValue(nameOf(description, number), number);
  };
  return { column, wireType: WIRE.varint, read };
}

function nameOf({ value }: DescEnum, number: number): string {
  return value[number]?.name ?? String(number);
}

/** Names and numbers. The default is the first value. */
class EnumColumn extends StructColumn {
  readonly #name: BytesColumn;
  readonly #value: NumberColumn;
  readonly #first: string;

  constructor(name: BytesColumn, value: NumberColumn, first: string) {
    super([
      { name: "name", column: name, isNullable: true },
      { name: "value", column: value, isNullable: true },
    ]);
    this.#name = name;
    this.#value = value;
    this.#first = first;
  }

  pushValue(name: string, number: number): void {
    this.#name.pushText(name);
    this.#value.push(number);
    this.end();
  }

  override pushDefault(): void {
    this.pushValue(this.#first, 0);
  }
}

/** Messages with values of any type, as JSON. */
export function jsonReader(description: DescMessage): ScalarReader {
  const column = new BytesColumn(true);
  const read = (bytes: Uint8Array, start: number, end: number): void => {
    let json: string;
    try {
      json = sortedJson(toJson(description, fromBinary(description, bytes.subarray(start, end))));
    } catch (error) {
      throw new RerunError("INVALID_FORMAT", `a ${description.typeName} is damaged: ${messageOf(error)}`, {
        cause: error,
      });
    }
    column.pushText(json);
  };
  return { column, wireType: WIRE.bytes, read };
}

/** JSON with sorted keys, as in Rerun: protobuf keeps no order of them. */
function sortedJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${sortedJson(value[key] as JsonValue)}`).join()}}`;
}
