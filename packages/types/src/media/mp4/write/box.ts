import { concatBytes } from "@rerun-ts/core/util";

/** The largest number of 32 bits. */
export const MAX_32 = 0xffff_ffff;

/** A box of an MP4 file: its size, its type, and its payload. Source: ISO/IEC 14496-12, 4.2. */
export function box(type: string, ...payload: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concatBytes([bytes32(8 + payload.reduce((sum, part) => sum + part.byteLength, 0)), ascii(type), ...payload]);
}

/** A box with a version and flags before its payload. */
export function fullBox(
  type: string,
  version: number,
  flags: number,
  ...payload: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  return box(type, bytes32(version * 2 ** 24 + flags), ...payload);
}

/** Numbers of 32 bits. */
export function bytes32(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value >>> 0);
  return new Uint8Array(view.buffer);
}

/** Numbers of 16 bits. */
export function bytes16(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(values.flatMap((value) => [value >> 8, value]));
}

/** Numbers of 64 bits. */
export function bytes64(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  return bytes32(...values.flatMap((value) => [Math.floor(value / 2 ** 32), value % 2 ** 32]));
}

/** The bytes of ASCII text. */
export function ascii(value: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(value, (letter) => letter.charCodeAt(0));
}
