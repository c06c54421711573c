import type { CompressJob, WorkThread } from "./work-thread.ts";

/** A page has no such thread: what takes long is in a worker of the page already. */
export function openCompressThread(): WorkThread<CompressJob, number> | undefined {
  return undefined;
}

/** Copies bytes into memory of the same size. */
export function copyShared(target: Uint8Array, source: Uint8Array): void {
  target.set(source);
}
