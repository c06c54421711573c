import * as rr from "@rerun-ts/node";

/** The number of rows that the programs log. */
export const ROWS = 1000;

/** Logs `count` rows to the entity `/rows`, at the times `from`, `from + 1`, … */
export function logRows(recording, count = ROWS, from = 0) {
  for (let row = from; row < from + count; row++) {
    recording.setTime("row", row);
    recording.log("rows", new rr.Scalars(row));
  }
}
