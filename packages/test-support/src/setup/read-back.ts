// A setup file of vitest: what a test takes from memory is read back after the test, with every way of reading.
import { MemorySink } from "@rerun-ts/core";
import { afterEach } from "vitest";

/** Reading larger ones takes longer than most tests. `read-back.test.ts` reads those of many entities. */
const MAX_BYTES = 8 * 1024 * 1024;

const written: Uint8Array[] = [];

for (const name of ["drainAsBytes", "toBytes"] as const) {
  const take = MemorySink.prototype[name];
  MemorySink.prototype[name] = function (this: MemorySink) {
    const bytes = take.call(this);
    if (bytes.byteLength <= MAX_BYTES) written.push(bytes.slice());
    return bytes;
  };
}

afterEach(async () => {
  if (written.length === 0) return;
  // Only the files of tests that need it load what reads.
  const { readBack } = await import("../common/read-back.ts");
  for (const bytes of written.splice(0)) await readBack(bytes);
});
