import { MemorySink } from "@rerun-ts/core";

/** Reading a larger recording takes longer than most tests. `read-back.test.ts` reads recordings of many entities. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Copies of the bytes that tests have taken from memory since the last reading back. Several test files may share this
 * module.
 */
export const takenRecordings: Uint8Array[] = [];

for (const name of ["drainAsBytes", "toBytes"] as const) {
  const take = MemorySink.prototype[name];
  MemorySink.prototype[name] = function (this: MemorySink) {
    const bytes = take.call(this);
    if (bytes.byteLength <= MAX_BYTES) takenRecordings.push(bytes.slice());
    return bytes;
  };
}
