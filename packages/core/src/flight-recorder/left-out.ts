import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { storeKey } from "../rrd/encode/store-id.ts";

/** Data that a dump lacks, although it belongs there. */
export interface LeftOutData {
  /** The canonical path, or `/` for rows of several entities. */
  readonly entityPath: string;
  /**
   * Its kind: rows that the limit of bytes has removed before their time, frames without their key frame, a group of
   * pictures, latest values, or static values.
   */
  readonly what: "rows" | "frames" | "group of pictures" | "latest values" | "static values";
  /** The number of rows. */
  readonly rows: number;
  /** The size of their messages, in bytes. */
  readonly bytes: number;
}

/** The most entries. More are counted with the entity path `/`. */
const MAX_ENTRIES = 1000;

/** Data that was left out, by its kind and entity. */
export class LeftOut {
  readonly #entries = new Map<string, LeftOutData & { readonly store: string }>();

  add(what: LeftOutData["what"], message: EncodedMessage): void {
    const store = storeKey(message.storeId);
    const path = message.manifest?.entityPath ?? "/";
    const isKnown = this.#entries.has(keyOf(what, store, path));
    const entityPath = isKnown || this.#entries.size < MAX_ENTRIES ? path : "/";
    const key = keyOf(what, store, entityPath);
    const { rows = 0, bytes = 0 } = this.#entries.get(key) ?? {};
    const added = message.manifest?.rows ?? 0;
    this.#entries.set(key, { what, store, entityPath, rows: rows + added, bytes: bytes + message.payload.byteLength });
  }

  /** Forgets an entry, because newer data has taken its place. */
  delete(what: LeftOutData["what"], message: EncodedMessage): void {
    if (this.#entries.size === 0) return;
    this.#entries.delete(keyOf(what, storeKey(message.storeId), message.manifest?.entityPath ?? "/"));
  }

  /** The entries of a store. */
  of(store: string): readonly LeftOutData[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.store === store)
      .map(({ entityPath, what, rows, bytes }) => ({ entityPath, what, rows, bytes }));
  }

  /** Forgets the entries of a store. */
  forget(store: string): void {
    for (const [key, entry] of this.#entries) if (entry.store === store) this.#entries.delete(key);
  }
}

function keyOf(what: string, store: string, entityPath: string): string {
  return `${what}\n${store}\n${entityPath}`;
}
