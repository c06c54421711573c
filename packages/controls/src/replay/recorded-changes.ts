import type { ControlValue } from "../declare/control-types.ts";
import type { Settled } from "../program/change.ts";
import type { PickMessage, PressPhase } from "../protocol.ts";
import { CONTROLS_PATH } from "../rows/change-log.ts";

/** The column of row ids. */
const ROW_ID = "rerun.controls.RowId";

/** A recording as `openRrd` of `@rerun-ts/reading` reads it. */
export interface ReplaySource {
  /** The chunks of entities. */
  chunks(filter: { readonly contents: string }): AsyncIterable<ReplayChunk>;
}

/** The used part of a table of apache-arrow. */
export interface ReplayTable {
  /** The column of a component, or `null`. */
  getChild(name: string): ReplayColumn | null;
}

/** The used part of a vector of apache-arrow. */
export interface ReplayColumn {
  /** The instances in a row. */
  get(row: number): unknown;
}

/** The used part of a chunk. */
export interface ReplayChunk {
  /** The canonical path of the entity. */
  readonly entityPath: string;
  /** The number of rows. */
  readonly numRows: number;
  /** The names of the timelines. */
  readonly timelines: readonly string[];
  /** The rows, as a table of apache-arrow. */
  readonly table: ReplayTable;
  /** The times of the rows, in nanoseconds. */
  times(timeline: string): BigInt64Array;
}

/** A row about a control. */
export interface RecordedChange {
  readonly name: string;
  readonly by: string;
  readonly id: string;
  /** In nanoseconds. */
  readonly at: bigint;
  /** The id of the row: hexadecimal digits, by which rows of one time are in order. */
  readonly rowId: string;
  readonly value?: ControlValue;
  readonly phase?: PressPhase;
  readonly pick?: PickMessage;
  readonly key?: string;
  /** `received` for an action, and later what became of it. Missing for values. */
  readonly outcome?: "received" | Settled["outcome"];
}

/** Reads what people did from a recording, in the order in which the program has logged it. */
export async function readChanges(source: ReplaySource): Promise<RecordedChange[]> {
  const changes: RecordedChange[] = [];
  for await (const chunk of source.chunks({ contents: `/${CONTROLS_PATH}/**` })) collect(chunk, changes);
  return changes.sort((a, b) => compare(a.at, b.at) || compare(a.rowId, b.rowId));
}

function collect(chunk: ReplayChunk, changes: RecordedChange[]): void {
  const name = chunk.entityPath.slice(`/${CONTROLS_PATH}/`.length);
  if (name.endsWith("/failed")) return;
  const at = timesOf(chunk, "log_time");
  const rowIds = chunk.table.getChild(ROW_ID);
  const [by, id, value, outcome, action] = ["by", "id", "value", "outcome", "action"].map((column) =>
    textReader(chunk, column),
  );
  for (let row = 0; row < chunk.numRows; row++) {
    const [who, changeId] = [by?.(row), id?.(row)];
    if (who === undefined || changeId === undefined) continue;
    const json = value?.(row);
    const settled = outcome?.(row) as RecordedChange["outcome"];
    changes.push({
      name,
      by: who,
      id: changeId,
      at: at?.[row] ?? 0n,
      rowId: hexOf(rowIds?.get(row)),
      ...(json !== undefined && { value: JSON.parse(json) as ControlValue }),
      ...(settled !== undefined && { outcome: settled, ...actionOf(name, action?.(row)) }),
    });
  }
}

function compare<Key extends bigint | string>(a: Key, b: Key): number {
  return a < b ? -1 : Number(a > b);
}

function hexOf(bytes: unknown): string {
  return Array.from(bytes as Uint8Array, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function actionOf(name: string, action: string | undefined): Pick<RecordedChange, "phase" | "pick" | "key"> {
  if (action === undefined) return {};
  if (name === "viewer/pick") return { pick: JSON.parse(action) as PickMessage };
  if (name === "viewer/key") return { key: action };
  return { phase: action === "release" ? "release" : "press" };
}

function timesOf(chunk: ReplayChunk, timeline: string): BigInt64Array | undefined {
  return chunk.timelines.includes(timeline) ? chunk.times(timeline) : undefined;
}

/** Reads the text of a component. */
function textReader({ table }: ReplayChunk, column: string): ((row: number) => string | undefined) | undefined {
  const vector = table.getChild(column);
  if (vector === null) return undefined;
  return (row) => {
    const list = vector.get(row) as { get(index: number): unknown } | null;
    const text = list?.get(0);
    return typeof text === "string" ? text : undefined;
  };
}
