import type { SegmentFile } from "@rerun-ts/core/storage";
import { concatBytes } from "@rerun-ts/core/util";
import type { SyncAccessHandle } from "./access-handle.ts";

/** Smaller writes are joined into one. */
const MAX_JOINED_BYTES = 64 * 1024;

/** A file of the origin private file system that is open for writing in this worker. */
export class OpfsFile implements SegmentFile {
  readonly #handle: SyncAccessHandle;
  readonly #onClose: () => void;
  #isDirty = false;
  #isOpen = true;

  /** @param onClose closes the handle, soon */
  constructor(handle: SyncAccessHandle, onClose: () => void) {
    this.#handle = handle;
    this.#onClose = onClose;
  }

  /** @throws {DOMException} `QuotaExceededError` if the storage is full, possibly after writing a part */
  write(pieces: readonly Uint8Array[], position: number): void {
    const bytes = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
    let at = position;
    for (const piece of bytes <= MAX_JOINED_BYTES ? [concatBytes(pieces)] : pieces) {
      this.#isDirty = true;
      const written = this.#handle.write(piece, { at });
      // Incognito windows of Chromium do not throw at the quota: they write a part, and return an error as a number.
      if (written !== piece.byteLength) throw new DOMException("the storage is full", "QuotaExceededError");
      at += written;
    }
  }

  truncate(size: number): void {
    this.#handle.truncate(size);
  }

  /** Flushes the browser's caches to the disk. */
  flush(): void {
    if (this.#isDirty && this.#isOpen) this.#handle.flush();
    this.#isDirty = false;
  }

  close(): void {
    if (!this.#isOpen) return;
    try {
      this.flush();
    } finally {
      this.#isOpen = false;
      this.#onClose();
    }
  }
}

/** Whether an error means that the storage is full. */
export function isQuotaError(error: unknown): boolean {
  return (error as Error | undefined)?.name === "QuotaExceededError";
}
