import type { StructColumn } from "../../columns/nested-columns.ts";
import { NumberColumn, type NumberColumnKind } from "../../columns/number-column.ts";
import { findField, messagesAt, numbersAt, textsAt } from "../message-fields.ts";
import { readPacked, type PackedField, type PackedPoints } from "../packed-points.ts";
import type { ReportLoss } from "../mapping.ts";

/** The types of `foxglove.PackedElementField`. */
const KINDS: readonly (NumberColumnKind | undefined)[] = [
  undefined,
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "float32",
  "float64",
];

/** The fields of the points in each message. */
export function packedFields(messages: StructColumn, report: ReportLoss): PackedField[][] {
  const { offsets, items } = messagesAt(messages, "fields");
  const [names, places] = [textsAt(items, "name"), numbersAt(items, "offset")];
  // An enum of protobuf has a name and a value, and an enum of JSON is a number.
  const types =
    findField(items, "type") instanceof NumberColumn ? numbersAt(items, "type") : numbersAt(items, "type.value");
  return Array.from({ length: messages.length }, (_, row) => {
    const fields: PackedField[] = [];
    for (let item = offsets[row] as number; item < (offsets[row + 1] as number); item++) {
      const [name, kind] = [names.textAt(item), KINDS[Number(types[item])]];
      if (kind === undefined) report(row, `the field ${name} has the unknown type ${types[item]}`);
      else fields.push({ name, offset: Number(places[item]), kind });
    }
    return fields;
  });
}

const CHANNELS = ["red", "green", "blue", "alpha"];

/** The whole part of a value, as a byte. What is not a number counts as 0. */
function clamped(value: number): number {
  return Math.max(0, Math.min(255, Math.trunc(value) || 0));
}

/** The bytes of fractions, computed in the precision of their type, as Rerun does. Other numbers are bytes. */
const BYTE_OF: Partial<Record<NumberColumnKind, (value: number) => number>> = {
  float32: (value) => clamped(Math.fround(value * 255)),
  float64: (value) => clamped(value * 255),
};

/** The colours of points, or `undefined` if they lack red, green or blue. */
export function packedColors(points: PackedPoints, fields: readonly PackedField[]): number[] | undefined {
  const found = CHANNELS.map((name) => fields.find((field) => field.name === name));
  if (found.slice(0, 3).includes(undefined)) return undefined;
  const colors = Array.from({ length: points.count }, () => 0);
  for (const field of found) {
    const values = new Float64Array(points.count).fill(field === undefined ? 255 : 0);
    if (field !== undefined) readPacked({ ...points }, field, values, 0, 1);
    const toByte = BYTE_OF[field?.kind ?? "uint8"] ?? clamped;
    for (const [index, value] of values.entries()) colors[index] = (colors[index] as number) * 256 + toByte(value);
  }
  return colors;
}
