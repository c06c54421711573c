import { find } from "./boxes.ts";

/** The media time at which the presentation begins, from the edit list of a `trak` box. */
export function readStart(track: DataView): number {
  const edits = find(track, "edts");
  const list = edits === undefined ? undefined : find(edits, "elst");
  if (list === undefined) return 0;
  const isLong = list.getUint8(0) === 1;
  const count = list.getUint32(4);
  for (let index = 0; index < count; index++) {
    const at = 8 + index * (isLong ? 20 : 12);
    const time = isLong ? Number(list.getBigInt64(at + 8)) : list.getInt32(at + 4);
    // -1 is an empty edit, which shows nothing.
    if (time >= 0) return time;
  }
  return 0;
}
