import { sleep } from "@rerun-ts/core/util";
/**
 * The part of the File System API that TypeScript's types for pages lack, because it exists in dedicated workers only.
 */
export interface SyncAccessHandle {
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  read(bytes: Uint8Array, options: { readonly at: number }): number;
  getSize(): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

interface LockableFile {
  createSyncAccessHandle?(): Promise<SyncAccessHandle>;
}

/** Longest wait for the last owner of a file to release it, because its worker may still be ending after a reload. */
const RELEASE_MS = 2000;
const RETRY_MS = 20;

/** Opens a file for writing. Rejects if the file is in use, or outside of dedicated workers. */
export async function openHandle(file: FileSystemFileHandle): Promise<SyncAccessHandle> {
  const lockable = file as unknown as LockableFile;
  if (lockable.createSyncAccessHandle === undefined)
    throw new DOMException("synchronous access to files needs a dedicated worker", "NotSupportedError");
  const end = performance.now() + RELEASE_MS;
  for (;;) {
    try {
      return await lockable.createSyncAccessHandle();
    } catch (error) {
      if ((error as Error).name !== "NoModificationAllowedError" || performance.now() > end) throw error;
      await sleep(RETRY_MS);
    }
  }
}
