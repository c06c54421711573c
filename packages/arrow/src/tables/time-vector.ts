import type { TimeColumn } from "@rerun-ts/core";
import { DurationNanosecond, Int64, TimestampNanosecond, makeData, makeVector, type Vector } from "apache-arrow";

const TYPES = { sequence: Int64, duration: DurationNanosecond, timestamp: TimestampNanosecond } as const;

/** The Arrow column of a timeline. */
export function timeVector({ bytes, kind }: TimeColumn): Vector {
  const { buffer, byteOffset, byteLength } = bytes;
  const data = new BigInt64Array(buffer.slice(byteOffset, byteOffset + byteLength));
  return makeVector(makeData({ type: new TYPES[kind](), length: data.length, data } as never)) as Vector;
}
