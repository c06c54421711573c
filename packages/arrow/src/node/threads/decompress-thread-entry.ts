// The program of the thread that decompresses zstd where Node cannot. Its decoder is twice as fast as that of pages,
// and five times as large.
import zstd from "@foxglove/wasm-zstd";
import type { DecompressJob } from "../../source/work-thread.ts";
import { serveJobs } from "./serve-jobs.ts";

await zstd.isLoaded;
serveJobs(({ bytes, target }: DecompressJob): void => {
  const decoded = zstd.decompress(bytes, target.byteLength);
  if (decoded.byteLength !== target.byteLength) throw new Error(`it has ${decoded.byteLength} bytes`);
  target.set(decoded);
});
