import { bytes32 } from "../../mp4/write/box.ts";

/** NAL units after their lengths of four bytes, in pieces. */
export function lengthPrefixed(units: readonly Uint8Array[]): Uint8Array[] {
  return units.flatMap((unit) => [bytes32(unit.byteLength), unit]);
}
