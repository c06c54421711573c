import type { StoredRows } from "./stored-rows.ts";

/** The place of a row on a timeline: of two rows with the same time, the one with the larger id is later. */
export interface RowPlace {
  readonly time: bigint;
  readonly id: bigint;
}

/** Whether a row comes after another one. */
export function isAfter(a: RowPlace, b: RowPlace): boolean {
  return a.time > b.time || (a.time === b.time && a.id > b.id);
}

/** The id of a row, as a number of 128 bits. */
export function rowId({ ids }: StoredRows, row: number): bigint {
  const view = new DataView(ids.buffer, ids.byteOffset + row * 16, 16);
  return (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
}

/** The 16 bytes of an id, big-endian. */
export function rowIdBytes(id: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  view.setBigUint64(0, id >> 64n);
  view.setBigUint64(8, BigInt.asUintN(64, id));
  return new Uint8Array(view.buffer);
}
