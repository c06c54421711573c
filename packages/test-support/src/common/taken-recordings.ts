import { MemorySink } from "@rerun-ts/core";

/** Reading larger ones takes longer than most tests. `read-back.test.ts` reads those of many entities. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Copies of what was taken from memory since they were read back. This module may be shared by files of tests. */
export const takenRecordings: Uint8Array[] = [];

for (const name of ["drainAsBytes", "toBytes"] as const) {
  const take = MemorySink.prototype[name];
  MemorySink.prototype[name] = function (this: MemorySink) {
    const bytes = take.call(this);
    if (bytes.byteLength <= MAX_BYTES) takenRecordings.push(bytes.slice());
    return bytes;
  };
}
