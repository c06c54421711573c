// A setup file of vitest: after each test, reads back the recordings that the test took from memory, in every way of
// reading.
import { afterEach } from "vitest";
import { takenRecordings } from "../common/taken-recordings.ts";

afterEach(async () => {
  if (takenRecordings.length === 0) return;
  // Only test files that took a recording load the readers.
  const { readBack } = await import("../common/read-back.ts");
  for (const bytes of takenRecordings.splice(0)) await readBack(bytes);
});
