import type { TimeColumn } from "@rerun-ts/core";
import { DurationNanosecond, Field, Int64, TimestampNanosecond, Vector, type Data } from "apache-arrow";
import { makeArray, timeColumn, type StoredColumn } from "@rerun-ts/reading/chunks";

const TYPES = { sequence: Int64, duration: DurationNanosecond, timestamp: TimestampNanosecond } as const;

/** The Arrow column of a timeline. */
export function timeVector({ bytes, kind }: TimeColumn): Vector {
  const { buffer, byteOffset, byteLength } = bytes;
  const data = new BigInt64Array(buffer.slice(byteOffset, byteOffset + byteLength));
  return new Vector([makeArray(new TYPES[kind](), data.length, { values: data })]);
}

/** A timeline of a chunk. */
export function storedTimes(times: TimeColumn): StoredColumn {
  const [data] = timeVector(times).data as readonly [Data];
  const metadata = new Map([
    ["rerun:index_name", times.name],
    ["rerun:kind", "index"],
  ]);
  return timeColumn(new Field(times.name, data.type, true, metadata), data);
}
