import type { RandomAccess, ReadOptions } from "@rerun-ts/reading/source";
import { RecordBlock } from "./record-block.ts";
import { MAGIC, OP, RECORD_HEADER, readSummaryPosition } from "./records.ts";

/** The footer's record, and the bytes that end a file. */
const FOOTER_BYTES = RECORD_HEADER + 20 + MAGIC.byteLength;
/** The largest summary that is read into memory. */
const MAX_SUMMARY_BYTES = 2 ** 28;

/** The records of a file's summary, or `undefined` if there is no readable summary. */
export async function readSummary(access: RandomAccess, options: ReadOptions): Promise<RecordBlock | undefined> {
  if (access.size < FOOTER_BYTES + MAGIC.byteLength) return undefined;
  const footerAt = access.size - FOOTER_BYTES;
  const footer = await access.read(footerAt, FOOTER_BYTES, options);
  const hasMagic = MAGIC.every((byte, index) => footer[RECORD_HEADER + 20 + index] === byte);
  if (!hasMagic || footer[0] !== OP.footer) return undefined;
  const start = readSummaryPosition(footer.subarray(RECORD_HEADER));
  const length = footerAt - start;
  if (start < MAGIC.byteLength || length <= 0 || length > MAX_SUMMARY_BYTES) return undefined;
  return new RecordBlock(await access.read(start, length, options), start, false);
}
