import { writeSync } from "node:fs";

const REPORTS_FD = 3;

/** Sends a report to the test. When the call returns, the report is written. */
export function report(value) {
  writeSync(REPORTS_FD, `${JSON.stringify(value)}\n`);
}
