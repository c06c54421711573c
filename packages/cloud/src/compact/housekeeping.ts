import type { ObjectStore } from "../store/object-store.ts";

/** Deletes objects, or counts the objects to delete. */
export class Housekeeping {
  /** The number of deleted objects. */
  objects = 0;
  /** The number of their bytes. */
  bytes = 0;
  /** Whether nothing is changed. */
  readonly isDryRun: boolean;
  readonly warnings: string[] = [];
  readonly #store: ObjectStore;
  readonly #onDeleted: (key: string) => void;

  constructor(store: ObjectStore, isDryRun: boolean, onDeleted: (key: string) => void) {
    this.#store = store;
    this.isDryRun = isDryRun;
    this.#onDeleted = onDeleted;
  }

  async delete(key: string, size: number, signal: AbortSignal | undefined): Promise<void> {
    if (!this.isDryRun) await this.#store.delete(key, { signal });
    this.objects++;
    this.bytes += size;
    this.#onDeleted(key);
  }

  warn(text: string): void {
    this.warnings.push(text);
  }
}
