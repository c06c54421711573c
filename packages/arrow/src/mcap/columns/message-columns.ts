import type { StructColumn } from "./nested-columns.ts";

/** The messages of a channel, as columns. */
export interface MessageColumns {
  /** The messages so far: a row for each. */
  readonly rows: StructColumn;
  /**
   * Decodes the message in a range of bytes into the columns.
   * @throws {Error} if the message is damaged. `rows.truncate` then removes its values
   */
  push(bytes: Uint8Array, start: number, end: number): void;
}
