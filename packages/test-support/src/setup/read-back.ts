// A setup file of vitest: what a test takes from memory is read back after the test, with every way of reading.
import { afterEach } from "vitest";
import { takenRecordings } from "../common/taken-recordings.ts";

afterEach(async () => {
  if (takenRecordings.length === 0) return;
  // Only the files of tests that need it load what reads.
  const { readBack } = await import("../common/read-back.ts");
  for (const bytes of takenRecordings.splice(0)) await readBack(bytes);
});
