import { RerunError } from "@rerun-ts/core";
import type { TypedField } from "@rerun-ts/types";
import { DataType, type Data, type RecordBatch } from "apache-arrow";
import { isValid } from "../arrays/is-valid.ts";
import type { PlainValue } from "../values/plain-value.ts";
import { cellReader, elementReader, type PlainReader } from "../values/plain-values.ts";
import type { TimeForm } from "../query/column-choice.ts";
import type { PlannedCells, PlannedColumn } from "./plan-columns.ts";

/** Reads a cell of a row. */
export type TypedReader = (row: number) => unknown;

/** The reader of a column of a batch. A column that a live recording lacks has nulls. */
export function readerOf(batch: RecordBatch, column: PlannedColumn): TypedReader {
  const data = dataOf(batch, column);
  if (data === undefined) return () => null;
  return "name" in column ? cellsReader(data, column) : timeReader(data, column.form);
}

/** The array of a column of a batch. */
export function dataOf(batch: RecordBatch, column: PlannedColumn): Data | undefined {
  const [name, kind] = "name" in column ? [column.name, "data"] : [column.timeline, "index"];
  const at = batch.schema.fields.findIndex((field) => field.name === name && field.metadata.get("rerun:kind") === kind);
  return batch.data.children[at] as Data | undefined;
}

function cellsReader(data: Data, { field, instance }: PlannedCells): TypedReader {
  const names = enumNames(field);
  if (instance === undefined) {
    const read = cellReader(data);
    if (names === undefined) return read;
    return (row) => (read(row) as readonly PlainValue[] | null)?.map(names) ?? null;
  }
  const read = instanceReader(data, instance);
  return names === undefined ? read : (row) => names(read(row));
}

function instanceReader(data: Data, instance: number): PlainReader {
  const offsets = data.valueOffsets as Int32Array;
  const read = elementReader(data.children[0] as Data);
  return (row) => {
    const at = (offsets[row] as number) + instance;
    return at < (offsets[row + 1] as number) && isValid(data, row) ? read(at) : null;
  };
}

/** The names of the numbers of an enumeration. A number of a later version stays a number. */
function enumNames({ type }: TypedField<unknown>): ((value: PlainValue) => PlainValue) | undefined {
  const { values } = type as { readonly values?: Readonly<Record<string, number>> };
  if (values === undefined) return undefined;
  const names = new Map<PlainValue, string>(Object.entries(values).map(([name, number]) => [number, name]));
  return (value) => names.get(value) ?? value;
}

/** The reader of times in a form. */
export function timeReader(data: Data, form: TimeForm): TypedReader {
  const times = data.values as BigInt64Array;
  const convert = timeConverter(data.type, form);
  return (row) => (isValid(data, row) ? convert(times[row] as bigint) : null);
}

const NANOS_PER_MILLI = 1_000_000n;

/** Converts times of a timeline. */
export function timeConverter(type: DataType, form: TimeForm): (time: bigint) => bigint | number | Date {
  if (form === BigInt) return (time) => time;
  if (form === Date) return (time) => new Date(Number((time - modulo(time)) / NANOS_PER_MILLI));
  if (!DataType.isInt(type)) return (time) => Number(time) / 1e9;
  return (time) => {
    const number = Number(time);
    if (Number.isSafeInteger(number)) return number;
    throw new RerunError("UNSUPPORTED", `the time ${time} is too large for a number: choose BigInt`);
  };
}

/** The nanoseconds after the full millisecond, also before 1970. */
function modulo(time: bigint): bigint {
  return ((time % NANOS_PER_MILLI) + NANOS_PER_MILLI) % NANOS_PER_MILLI;
}
