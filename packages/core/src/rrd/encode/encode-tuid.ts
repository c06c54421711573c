import type { Tuid } from "../../batch/tuid.ts";

/** The length of an encoded `rerun.common.v1alpha1.Tuid`: two tags, each with 64 bits. */
export const ENCODED_TUID_LENGTH = 18;
/** The tags of the fields `time_ns` and `inc`, which are `fixed64`. */
const TIME_TAG = 9;
const INC_TAG = 17;

/** Writes an id as `rerun.common.v1alpha1.Tuid` to `target` at `at`. Returns the position after it. */
export function writeEncodedTuid(target: Uint8Array, at: number, { timeHi, timeLo, incHi, incLo }: Tuid): number {
  at = writeFixed64(target, at, TIME_TAG, timeLo, timeHi);
  return writeFixed64(target, at, INC_TAG, incLo, incHi);
}

function writeFixed64(target: Uint8Array, at: number, tag: number, lo: number, hi: number): number {
  target[at++] = tag;
  for (const word of [lo, hi]) for (let bits = 0; bits < 32; bits += 8) target[at++] = word >>> bits;
  return at;
}
