import type { ChunkRows } from "./chunk-rows.ts";
import type { FOXGLOVE_SCHEMAS } from "./foxglove-schemas.ts";

/** The messages of a row, mostly one. */
export interface FoxgloveMessages {
  /** The name of their type. */
  readonly schema: keyof typeof FOXGLOVE_SCHEMAS;
  /** The fields of each message, in the form for `create` of protobuf, without its timestamp. */
  readonly fields: readonly Readonly<Record<string, unknown>>[];
  /** Components whose data is not in the messages. */
  readonly lost?: readonly string[] | undefined;
}

/** Facts about an entity that its messages need. */
export interface RowContext {
  readonly entityPath: string;
  /** The frame in which its data is. */
  readonly frame: string;
  /** The frame in which its transform is. */
  readonly frameAround: string;
  /** The codec of its video, which may be static. */
  readonly codec: number | undefined;
}

/** Turns rows of an archetype into messages. */
export interface RowExport {
  /** The name of its topic below an entity with several. */
  readonly name: string;
  /** A component that the entity must have at some time. Default: none. */
  readonly needs?: string;
  /** A component that the entity must not have. Default: none. */
  readonly unless?: string;
  /** The components for which a message is made: a row with one of them becomes a message. */
  readonly makes: readonly string[];
  /** Other components whose data is in the message. */
  readonly contains?: readonly string[];
  /** The components whose latest earlier values count if a row has none. */
  readonly fills?: readonly string[];
  /** The messages of a row. `undefined` if Foxglove has none for it. */
  messages(rows: ChunkRows, row: number, context: RowContext): FoxgloveMessages | undefined;
}
