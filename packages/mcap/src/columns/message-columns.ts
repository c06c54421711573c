import type { StructColumn } from "./nested-columns.ts";

/** The messages of a channel, as columns. */
export interface MessageColumns {
  /** The messages so far: a row for each. */
  readonly rows: StructColumn;
  /**
   * Decodes the message in a range of bytes into the columns.
   * @throws {Error} if the message is damaged. The columns are then complete, and `rows.truncate` removes its values
   */
  push(bytes: Uint8Array, start: number, end: number): void;
  /**
   * Completes the columns, which `push` may leave incomplete. This must happen before they are read or released, or
   * messages are removed. Default: they are always complete.
   */
  settle?(): void;
}
