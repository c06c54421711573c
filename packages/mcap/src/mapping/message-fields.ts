import { RerunError } from "@rerun-ts/core";
import { Field, List, Uint8, type Data } from "apache-arrow";
import { makeArray } from "@rerun-ts/reading/chunks";
import type { MessageColumn } from "../columns/message-column.ts";
import { BytesColumn } from "../columns/leaf-columns.ts";
import { ListColumn, StructColumn } from "../columns/nested-columns.ts";
import { NumberColumn, type Numbers } from "../columns/number-column.ts";

/** Finds a field by a path such as `header.stamp`. Each part may have alternatives: `k|K`. */
export function findField(rows: StructColumn, path: string): MessageColumn | undefined {
  let found: MessageColumn | undefined = rows;
  for (const part of path.split(".")) {
    if (!(found instanceof StructColumn)) return undefined;
    const within: StructColumn = found;
    found = part
      .split("|")
      .map((name) => within.field(name))
      .find((column) => column !== undefined);
  }
  return found;
}

/** The numbers of a field. @throws {RerunError} `UNSUPPORTED` if there is no such field of numbers */
export function numbersAt(rows: StructColumn, path: string): Numbers {
  const column = findField(rows, path);
  if (column instanceof NumberColumn) return column.values;
  throw lacks(path, "numbers");
}

/** The numbers of a field, none as a bigint. @throws {RerunError} `UNSUPPORTED` if there is no such field of numbers */
export function numberList(rows: StructColumn, path: string): number[] {
  return Array.from<number | bigint, number>(numbersAt(rows, path) as ArrayLike<number | bigint>, Number);
}

/** The texts of a field. @throws {RerunError} `UNSUPPORTED` if there is no such field of texts */
export function textsAt(rows: StructColumn, path: string): BytesColumn {
  const column = findField(rows, path);
  if (column instanceof BytesColumn && column.isText) return column;
  throw lacks(path, "texts");
}

/** The lists of a field. @throws {RerunError} `UNSUPPORTED` if there is no such field of lists */
export function listsAt(rows: StructColumn, path: string): ListColumn {
  const column = findField(rows, path);
  if (column instanceof ListColumn) return column;
  throw lacks(path, "lists");
}

/** A list of messages. @throws {RerunError} `UNSUPPORTED` if there is none */
export function messagesAt(rows: StructColumn, path: string): { offsets: Int32Array; items: StructColumn } {
  const { offsets, items } = listsAt(rows, path);
  if (items instanceof StructColumn) return { offsets, items };
  throw lacks(path, "messages");
}

/** A message in a field. @throws {RerunError} `UNSUPPORTED` if there is none */
export function messageAt(rows: StructColumn, path: string): StructColumn {
  const column = findField(rows, path);
  if (column instanceof StructColumn) return column;
  throw lacks(path, "messages");
}

/** Bytes of messages, independent of the schema's name for them. */
export interface ByteLists {
  readonly offsets: Int32Array;
  readonly bytes: Uint8Array;
}

/** The bytes of a field. @throws {RerunError} `UNSUPPORTED` if there are none */
export function bytesAt(rows: StructColumn, path: string): ByteLists {
  const column = findField(rows, path);
  const items = column instanceof BytesColumn ? column.bytes : column instanceof ListColumn ? column.items : undefined;
  if (!(items instanceof NumberColumn) || items.width !== 1) throw lacks(path, "bytes");
  const { buffer, byteOffset, byteLength } = items.values;
  return {
    offsets: (column as ListColumn | BytesColumn).offsets,
    bytes: new Uint8Array(buffer, byteOffset, byteLength),
  };
}

const BYTE = /* @__PURE__ */ new Uint8();
const BLOB = /* @__PURE__ */ new List(/* @__PURE__ */ new Field("item", BYTE, false));

/** Bytes as an array of blobs. */
export function blobData({ offsets, bytes }: ByteLists): Data {
  const items = makeArray(BYTE, bytes.length, { values: bytes });
  return makeArray(BLOB, offsets.length - 1, { offsets, children: [items] });
}

/** Vectors from fields of numbers: `floatsOf(rows, "pose.position", "x", "y", "z")`. */
export function floatsOf(rows: StructColumn, path: string, ...names: string[]): Float32Array {
  const within = path === "" ? rows : messageAt(rows, path);
  const columns = names.map((name) => numbersAt(within, name));
  const { length } = within;
  const values = new Float32Array(length * names.length);
  for (const [place, column] of columns.entries()) {
    for (let row = 0; row < length; row++) values[row * names.length + place] = Number(column[row]);
  }
  return values;
}

/** Times in messages. */
export interface FieldTimes {
  /** The time of each message in nanoseconds, 0 if it has none. */
  readonly times: BigInt64Array;
  /** The messages without a time, or with one that needs more than 64 bits, in their order. */
  readonly missing: readonly number[];
}

/** Times of a field with seconds and nanoseconds. `undefined` if there is no such field. */
export function timesAt(rows: StructColumn, path: string): FieldTimes | undefined {
  const stamp = findField(rows, path);
  if (!(stamp instanceof StructColumn)) return undefined;
  const seconds = findField(stamp, "sec|seconds|secs");
  const nanoseconds = findField(stamp, "nanosec|nanos|nsec|nsecs");
  if (!(seconds instanceof NumberColumn) || !(nanoseconds instanceof NumberColumn)) return undefined;
  const [whole, part] = [seconds.values, nanoseconds.values];
  const times = new BigInt64Array(whole.length);
  const missing: number[] = [];
  if (
    stamp.nullCount === 0 &&
    part instanceof Uint32Array &&
    (whole instanceof Int32Array || whole instanceof Uint32Array)
  ) {
    writeTimes(whole, part, times);
    return { times, missing };
  }
  for (let row = 0; row < times.length; row++) {
    const time = nanosOf(whole[row] as number | bigint, part[row] as number | bigint);
    if (stamp.isNull(row) || BigInt.asIntN(64, time) !== time) missing.push(row);
    else times[row] = time;
  }
  return { times, missing };
}

function nanosOf(seconds: number | bigint, nanoseconds: number | bigint): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
}

/** Writes times in nanoseconds, without a bigint for each, which would take longer than the rest. */
function writeTimes(seconds: Int32Array | Uint32Array, nanoseconds: Uint32Array, times: BigInt64Array): void {
  const halves = new Uint32Array(times.buffer);
  for (let row = 0; row < seconds.length; row++) {
    const second = seconds[row] as number;
    if (second < 0) {
      times[row] = nanosOf(second, nanoseconds[row] as number);
      continue;
    }
    // The products of 16 bits and 30 bits are exact, as are all sums.
    const upper = (second >>> 16) * 1_000_000_000;
    const lower = (second & 0xffff) * 1_000_000_000 + (nanoseconds[row] as number) + (upper % 0x1_0000) * 0x1_0000;
    halves[2 * row] = lower;
    halves[2 * row + 1] = Math.floor(upper / 0x1_0000) + Math.floor(lower / 0x1_0000_0000);
  }
}

function lacks(path: string, kind: string): RerunError {
  return new RerunError("UNSUPPORTED", `the message has no field ${path} with ${kind}`);
}
