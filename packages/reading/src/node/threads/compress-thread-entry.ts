// The program of the thread that compresses large messages of a conversion.
import { lz4Bound, Lz4Encoder } from "@rerun-ts/core/rrd";
import type { CompressJob } from "../../source/work-thread.ts";
import { copyShared } from "./copy-shared.ts";
import { serveJobs } from "./serve-jobs.ts";

const encoder = new Lz4Encoder();
/** Memory of this thread that is used again: the encoder writes small pieces, which takes long in shared memory. */
let block = new Uint8Array(0);

serveJobs(({ source, sections, target }: CompressJob): number => {
  const bound = lz4Bound(source.byteLength);
  if (block.byteLength < bound) block = new Uint8Array(bound + (bound >> 2));
  const length = encoder.compress(source, sections, block, 0);
  copyShared(target.subarray(0, length), block.subarray(0, length));
  return length;
});
