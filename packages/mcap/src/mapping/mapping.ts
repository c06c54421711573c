import type { StructColumn } from "../columns/nested-columns.ts";
import type { ComponentData } from "./component-data.ts";
import type { FieldTimes } from "./message-fields.ts";

/** Rows of one entity that messages become. */
export interface MappedRows {
  /** The parts of the entity's path below the topic. Default: none. */
  readonly below?: readonly string[] | undefined;
  /** Whether the rows are static, and therefore sent once. Default `false`. */
  readonly isStatic?: boolean | undefined;
  /** The message of each row. Default: a row for each message. */
  readonly messages?: Int32Array | undefined;
  /** Times of the rows on the messages' own timeline. Default: the times of the messages. */
  readonly times?: FieldTimes | undefined;
  readonly components: readonly ComponentData[];
}

/** Reports a part of a message that could not be converted. */
export type ReportLoss = (row: number, reason: string) => void;

/**
 * Turns messages into rows of Rerun's archetypes.
 * @throws {RerunError} `UNSUPPORTED` if the messages lack a field
 */
export type Mapping = (messages: StructColumn, report: ReportLoss) => readonly MappedRows[];
