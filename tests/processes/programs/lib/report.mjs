import { writeSync } from "node:fs";

const REPORTS_FD = 3;

/** Sends a report to the test; it is written when the call returns. */
export function report(value) {
  writeSync(REPORTS_FD, `${JSON.stringify(value)}\n`);
}
