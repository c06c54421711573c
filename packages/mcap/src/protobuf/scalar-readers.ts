import { RerunError } from "@rerun-ts/core";
import { ScalarType } from "@bufbuild/protobuf";
import type { MessageColumn } from "../columns/message-column.ts";
import { BoolColumn, BytesColumn } from "../columns/leaf-columns.ts";
import { NumberColumn, type NumberColumnKind } from "../columns/number-column.ts";

/** The wire types. Source: protobuf.dev/programming-guides/encoding. */
export const WIRE = { varint: 0, bits64: 1, bytes: 2, group: 3, groupEnd: 4, bits32: 5 } as const;

/** A column of scalars, with the function that reads values into it. */
export interface ScalarReader {
  readonly column: MessageColumn;
  /** The wire type of a single value. */
  readonly wireType: number;
  /** Reads the value in a range of bytes. */
  read(bytes: Uint8Array, start: number, end: number): void;
}

const SCALARS: Readonly<
  Record<ScalarType, { readonly kind: NumberColumnKind | "bool" | "text" | "bytes"; wire: number }>
> = {
  [ScalarType.DOUBLE]: { kind: "float64", wire: WIRE.bits64 },
  [ScalarType.FLOAT]: { kind: "float32", wire: WIRE.bits32 },
  [ScalarType.INT64]: { kind: "int64", wire: WIRE.varint },
  [ScalarType.UINT64]: { kind: "uint64", wire: WIRE.varint },
  [ScalarType.INT32]: { kind: "int32", wire: WIRE.varint },
  [ScalarType.FIXED64]: { kind: "uint64", wire: WIRE.bits64 },
  [ScalarType.FIXED32]: { kind: "uint32", wire: WIRE.bits32 },
  [ScalarType.BOOL]: { kind: "bool", wire: WIRE.varint },
  [ScalarType.STRING]: { kind: "text", wire: WIRE.bytes },
  [ScalarType.BYTES]: { kind: "bytes", wire: WIRE.bytes },
  [ScalarType.UINT32]: { kind: "uint32", wire: WIRE.varint },
  [ScalarType.SFIXED32]: { kind: "int32", wire: WIRE.bits32 },
  [ScalarType.SFIXED64]: { kind: "int64", wire: WIRE.bits64 },
  [ScalarType.SINT32]: { kind: "int32", wire: WIRE.varint },
  [ScalarType.SINT64]: { kind: "int64", wire: WIRE.varint },
};

/** A new column for a type of scalars. */
export function scalarReader(type: ScalarType): ScalarReader {
  const { kind, wire: wireType } = SCALARS[type];
  if (kind === "text" || kind === "bytes") {
    const column = new BytesColumn(kind === "text");
    return { column, wireType, read: (bytes, start, end) => column.pushBytes(bytes, start, end) };
  }
  if (kind === "bool") {
    const column = new BoolColumn();
    const read = (bytes: Uint8Array, start: number, end: number): void => {
      scanVarint(bytes, start, end);
      column.push(low !== 0 || high !== 0);
    };
    return { column, wireType, read };
  }
  const column = new NumberColumn(kind);
  if (wireType !== WIRE.varint) {
    const read = (bytes: Uint8Array, start: number): void => column.pushBytes(bytes, start, start + column.width);
    return { column, wireType, read };
  }
  const value = varintValue(type);
  const read = (bytes: Uint8Array, start: number, end: number): void => {
    scanVarint(bytes, start, end);
    column.push(value());
  };
  return { column, wireType, read };
}

/** Reads the value of an enum. */
export function readEnumNumber(bytes: Uint8Array, start: number, end: number): number {
  scanVarint(bytes, start, end);
  return low;
}

/** The 64 bits of the last varint, as two numbers, because bigints are slow. */
let low = 0;
let high = 0;

/** The position after a varint. @throws {RerunError} `INVALID_FORMAT` if the varint does not end */
export function scanVarint(bytes: Uint8Array, start: number, end: number): number {
  low = 0;
  high = 0;
  for (let at = start, shift = 0; at < end && shift < 70; at++, shift += 7) {
    const byte = bytes[at] as number;
    const bits = byte & 127;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high = bits >> 4;
    } else high |= bits << (shift - 32);
    if (byte < 128) return at + 1;
  }
  throw new RerunError("INVALID_FORMAT", "a number of the protobuf message does not end");
}

function varintValue(type: ScalarType): () => number | bigint {
  switch (type) {
    case ScalarType.UINT32:
      return () => low >>> 0;
    case ScalarType.SINT32:
      return () => (low >>> 1) ^ -(low & 1);
    case ScalarType.UINT64:
      return bits64;
    case ScalarType.INT64:
      return () => BigInt.asIntN(64, bits64());
    case ScalarType.SINT64:
      return () => {
        const value = bits64();
        return (value >> 1n) ^ -(value & 1n);
      };
    default:
      return () => low;
  }
}

function bits64(): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
