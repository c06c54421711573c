import type { StructColumn } from "./nested-columns.ts";

/** The messages of a channel, as columns. */
export interface MessageColumns {
  /** The messages so far: a row for each. */
  readonly rows: StructColumn;
  /**
   * Decodes the message in a range of bytes into the columns.
   * @throws {Error} if it is damaged: then `rows.truncate` removes what was decoded
   */
  push(bytes: Uint8Array, start: number, end: number): void;
}
