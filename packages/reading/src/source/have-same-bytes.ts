import { checkAborted } from "@rerun-ts/core/util";
import { equalBytes } from "../arrays/equal-bytes.ts";
import type { OpenSource, ReadOptions } from "./random-access.ts";

/** The bytes of each source that are read together. */
const BLOCK = 1024 * 1024;

/** Whether two files have the same bytes. `false` for all other sources, which may take long to read. */
export async function haveSameBytes(a: OpenSource, b: OpenSource, options: ReadOptions): Promise<boolean> {
  if (a.size !== b.size || a.readInto === undefined || b.readInto === undefined) return false;
  const blocks = [new Uint8Array(BLOCK), new Uint8Array(BLOCK)] as const;
  for (let start = 0; start < a.size; start += BLOCK) {
    checkAborted(options.signal);
    const [first, second] = blocks.map((block) => block.subarray(0, a.size - start)) as [Uint8Array, Uint8Array];
    await Promise.all([a.readInto(first, start, options), b.readInto(second, start, options)]);
    if (!equalBytes(first, second)) return false;
  }
  return true;
}
