import type { CompressJob, WorkThread } from "../../source/work-thread.ts";
import { startThread } from "./node-thread.ts";

export { copyShared } from "./copy-shared.ts";

/** Starts a thread that compresses messages. `undefined` if there can be none. */
export function openCompressThread(): WorkThread<CompressJob, number> | undefined {
  return startThread("compress-thread-entry.js", import.meta.url);
}
