import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";

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

/** The most entries of a store. More are counted with the entity path `/`. */
const MAX_ENTRIES = 1000;

/** Data of a store that was left out, by its kind and entity. */
export class LeftOut {
  readonly #entries = new Map<string, LeftOutData>();

  get entries(): readonly LeftOutData[] {
    return [...this.#entries.values()];
  }

  add(what: LeftOutData["what"], message: EncodedMessage): void {
    const path = message.manifest?.entityPath ?? "/";
    const isKnown = this.#entries.has(keyOf(what, path));
    const entityPath = isKnown || this.#entries.size < MAX_ENTRIES ? path : "/";
    const key = keyOf(what, entityPath);
    const { rows = 0, bytes = 0 } = this.#entries.get(key) ?? {};
    const added = message.manifest?.rows ?? 0;
    this.#entries.set(key, { what, entityPath, rows: rows + added, bytes: bytes + message.payload.byteLength });
  }

  /** Forgets an entry, because newer data has taken its place. */
  delete(what: LeftOutData["what"], message: EncodedMessage): void {
    if (this.#entries.size > 0) this.#entries.delete(keyOf(what, message.manifest?.entityPath ?? "/"));
  }
}

function keyOf(what: string, entityPath: string): string {
  return `${what}\n${entityPath}`;
}
