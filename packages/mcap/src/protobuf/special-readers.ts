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
  const names = new Map<number, string>();
  // Of several names of a number, the first counts, as in Rerun.
  for (const known of description.values) if (!names.has(known.number)) names.set(known.number, known.name);
  const nameOf = (number: number): string => names.get(number) ?? String(number);
  const first = description.values[0]?.number ?? 0;
  const column = new EnumColumn(name, value, nameOf(first), first);
  const read = (bytes: Uint8Array, start: number, end: number): void => {
    const number = readEnumNumber(bytes, start, end);
    column.pushValue(nameOf(number), number);
  };
  return { column, wireType: WIRE.varint, read };
}

/** Names and numbers. The default is the first value. */
class EnumColumn extends StructColumn {
  readonly #name: BytesColumn;
  readonly #value: NumberColumn;
  readonly #first: string;
  readonly #firstNumber: number;

  constructor(name: BytesColumn, value: NumberColumn, first: string, firstNumber: number) {
    super([
      { name: "name", column: name, isNullable: true },
      { name: "value", column: value, isNullable: true },
    ]);
    this.#name = name;
    this.#value = value;
    this.#first = first;
    this.#firstNumber = firstNumber;
  }

  pushValue(name: string, number: number): void {
    this.#name.pushText(name);
    this.#value.push(number);
    this.end();
  }

  override pushDefault(): void {
    this.pushValue(this.#first, this.#firstNumber);
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
  if (typeof value === "number") return doubleText(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${sortedJson(value[key] as JsonValue)}`).join()}}`;
}

/** A double as Rerun writes it into JSON: with a point, or with an exponent. Source: Rust's crate `ryu`. */
function doubleText(value: number): string {
  const [mantissa = "", exponent = ""] = Math.abs(value).toExponential().split("e");
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const digits = mantissa.replace(".", "");
  const point = Number(exponent) + 1;
  if (value !== 0 && (point > 16 || point <= -5)) return `${sign}${mantissa}e${Number(exponent)}`;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (digits.length <= point) return `${sign}${digits.padEnd(point, "0")}.0`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
