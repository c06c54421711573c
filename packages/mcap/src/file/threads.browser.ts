import type { DecompressJob, WorkThread } from "@rerun-ts/reading/source";

/** A page has no such thread: what takes long is in a worker of the page already. */
export function openDecompressThread(): WorkThread<DecompressJob, void> | undefined {
  return undefined;
}

/** Copies bytes into memory of the same size. */
export function copyShared(target: Uint8Array, source: Uint8Array): void {
  target.set(source);
}
