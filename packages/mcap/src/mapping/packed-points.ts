import type { NumberColumnKind, Numbers } from "../columns/number-column.ts";

/** Bytes with points of several fields. */
export interface PackedPoints {
  readonly data: Uint8Array;
  /** Number of bytes of a point. */
  readonly stride: number;
  readonly count: number;
  readonly isLittle: boolean;
}

/** The place of a number in each point. */
export interface PackedField {
  readonly name: string;
  readonly offset: number;
  readonly kind: NumberColumnKind;
}

/** The number of bytes of each type. */
export const PACKED_BYTES: Readonly<Record<NumberColumnKind, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float32: 4,
  float64: 8,
};

/** Bytes in rows, of which only the last may lack its padding, without the padding. */
export function withoutPadding(data: Uint8Array, rowBytes: number, rowStride: number): Uint8Array {
  if (rowStride <= rowBytes || data.byteLength <= rowBytes) return data;
  const out = new Uint8Array(Math.ceil(data.byteLength / rowStride) * rowBytes);
  let length = 0;
  for (let at = 0; at < data.byteLength; at += rowStride) {
    const row = data.subarray(at, at + rowBytes);
    out.set(row, length);
    length += row.byteLength;
  }
  return out.subarray(0, length);
}

/** Copies a field of all points into every `step`th number of `out`. Values outside of the bytes become 0. */
export function readPacked(points: PackedPoints, field: PackedField, out: Numbers, start: number, step: number): void {
  const { data, stride, isLittle } = points;
  const last = data.byteLength - field.offset - PACKED_BYTES[field.kind];
  const whole = last < 0 ? 0 : stride === 0 ? points.count : Math.floor(last / stride) + 1;
  const count = Math.min(points.count, whole);
  const place = data.byteOffset + field.offset;
  if (field.kind === "float32" && isLittle && place % 4 === 0 && stride % 4 === 0 && count > 0) {
    const words = new Float32Array(data.buffer, place, ((count - 1) * stride) / 4 + 1);
    const words4 = stride / 4;
    for (let index = 0; index < count; index++) out[start + index * step] = words[index * words4] as never;
    return;
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const read = readerOf(view, field.kind, isLittle);
  for (let index = 0; index < count; index++) out[start + index * step] = read(field.offset + index * stride) as never;
}

function readerOf(view: DataView, kind: NumberColumnKind, isLittle: boolean): (at: number) => number | bigint {
  switch (kind) {
    case "int8":
      return (at) => view.getInt8(at);
    case "uint8":
      return (at) => view.getUint8(at);
    case "int16":
      return (at) => view.getInt16(at, isLittle);
    case "uint16":
      return (at) => view.getUint16(at, isLittle);
    case "int32":
      return (at) => view.getInt32(at, isLittle);
    case "uint32":
      return (at) => view.getUint32(at, isLittle);
    case "int64":
      return (at) => view.getBigInt64(at, isLittle);
    case "uint64":
      return (at) => view.getBigUint64(at, isLittle);
    case "float32":
      return (at) => view.getFloat32(at, isLittle);
    default:
      return (at) => view.getFloat64(at, isLittle);
  }
}
