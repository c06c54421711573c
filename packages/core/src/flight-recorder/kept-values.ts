import { getOrAdd } from "../collections/get-or-add.ts";
import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import { toBigInt } from "../time/int64.ts";
import { LatestClears } from "./latest-clears.ts";
import { readStoredRows, type RowsColumn, type StoredRows } from "./stored-rows.ts";
import { isAfter, rowId, rowIdBytes, type RowPlace } from "./row-place.ts";
import { copiedColumn, writeRows } from "./write-rows.ts";

/** The memory of a component and timeline, beside that of its message. */
const VALUE_BYTES = 150;
/** More messages with the same latest time are reduced to the one with the latest row. */
const MAX_TIES = 8;
/** A single frame of a video is of no use: see `VideoGroups`. */
const FRAMES: ReadonlySet<string> = new Set(["VideoStream:sample", "VideoStream:is_keyframe"]);

/** The chunks whose latest time for a component and a timeline is the largest. */
interface Candidate {
  readonly end: bigint;
  readonly messages: EncodedMessage[];
}

/** The latest values of an entity. */
export interface LatestEntity {
  readonly storeId: StoreId;
  readonly entityPath: string;
  /** By component, and by timeline. */
  readonly temporal: Map<string, Map<string, Candidate>>;
  /** By component. */
  readonly statics: Map<string, EncodedMessage>;
}

/** The row with the latest value of a component on a timeline. */
export interface LatestRow extends RowPlace {
  readonly message: EncodedMessage;
  readonly rows: StoredRows;
  readonly row: number;
  readonly column: RowsColumn;
}

/**
 * The values of a store that have left the window: the newest static value and, for each timeline, the latest value of
 * every component. Whole chunks
 * are kept, by what their manifests say, and are read only when somebody asks for the values, or to make room.
 */
export class KeptValues {
  readonly #entities = new Map<string, LatestEntity>();
  readonly #clears = new LatestClears();
  /** The number of values that need each message. */
  readonly #uses = new Map<EncodedMessage, number>();
  /** The bytes of all messages and values. */
  bytes = 0;

  /** Takes a chunk that is later than all before. */
  add(message: EncodedMessage): void {
    const { manifest, storeId, isStatic } = message;
    if (manifest === undefined) return;
    const { entityPath } = manifest;
    const entity = getOrAdd(this.#entities, entityPath, () => ({
      storeId,
      entityPath,
      temporal: new Map(),
      statics: new Map(),
    }));
    try {
      this.#clears.add(message);
    } catch {
      // The clears of a chunk that nobody can read do not count.
    }
    for (const { descriptor, rows, ranges } of manifest.components) {
      const { component } = descriptor;
      if (rows === 0 || FRAMES.has(component)) continue;
      if (isStatic) this.#setStatic(entity, component, message);
      for (const [index, { name }] of manifest.timelines.entries()) {
        const range = ranges[index];
        if (range !== undefined) this.#setLatest(entity, component, name, message, toBigInt(range.end));
      }
    }
  }

  get entities(): readonly LatestEntity[] {
    return [...this.#entities.values()];
  }

  /** The kept chunks, static ones too. */
  get messages(): readonly EncodedMessage[] {
    return [...this.#uses.keys()];
  }

  /**
   * The rows with the latest values of an entity that were not cleared, by timeline and component. Chunks that cannot
   * be read are passed to `onUnreadable`.
   */
  latestRows(
    entity: LatestEntity,
    onUnreadable: (message: EncodedMessage) => void,
  ): Map<string, Map<string, LatestRow>> {
    const found = new Map<string, Map<string, LatestRow>>();
    const read = rowsReader(onUnreadable);
    for (const [component, timelines] of entity.temporal) {
      for (const [timeline, { messages }] of timelines) {
        const row = latestOf(messages, component, timeline, read);
        if (row === undefined || this.#clears.isCleared(entity.entityPath, timeline, row)) continue;
        getOrAdd(found, timeline, () => new Map<string, LatestRow>()).set(component, row);
      }
    }
    return found;
  }

  /** Reduces the kept chunks to the rows with latest values. Forgets values that were cleared. */
  compact(): void {
    for (const [path, entity] of this.#entities) {
      this.#compactEntity(entity);
      if (entity.temporal.size === 0 && entity.statics.size === 0) this.#entities.delete(path);
    }
  }

  /** Forgets the values in a kept chunk. */
  drop(message: EncodedMessage): void {
    const entity = this.#entities.get(message.manifest?.entityPath ?? "");
    for (const [component, kept] of entity?.statics ?? []) if (kept === message) entity?.statics.delete(component);
    for (const timelines of entity?.temporal.values() ?? [])
      for (const [timeline, { messages }] of timelines) {
        if (!messages.includes(message)) continue;
        for (const tied of messages) if (tied !== message) this.#release(tied);
        timelines.delete(timeline);
      }
    while (this.#uses.has(message)) this.#release(message);
  }

  #setStatic({ statics }: LatestEntity, component: string, message: EncodedMessage): void {
    const before = statics.get(component);
    this.#retain(message);
    statics.set(component, message);
    if (before !== undefined) this.#release(before);
  }

  #setLatest(entity: LatestEntity, component: string, timeline: string, message: EncodedMessage, end: bigint): void {
    const timelines = getOrAdd(entity.temporal, component, () => new Map<string, Candidate>());
    const before = timelines.get(timeline);
    if (before !== undefined && before.end > end) return;
    this.#retain(message);
    if (before?.end === end) {
      before.messages.push(message);
      if (before.messages.length > MAX_TIES) this.#untie(before, component, timeline);
      return;
    }
    timelines.set(timeline, { end, messages: [message] });
    for (const older of before?.messages ?? []) this.#release(older);
  }

  #untie({ messages }: Candidate, component: string, timeline: string): void {
    const unreadable = new Set<EncodedMessage>();
    const latest = latestOf(
      messages,
      component,
      timeline,
      rowsReader((message) => void unreadable.add(message)),
    );
    const newest = messages.at(-1);
    for (const message of messages.splice(0)) {
      if (message === latest?.message || (latest === undefined && message === newest)) messages.push(message);
      else this.#release(message);
    }
  }

  #compactEntity(entity: LatestEntity): void {
    const unreadable = new Set<EncodedMessage>();
    const latest = this.latestRows(entity, (message) => void unreadable.add(message));
    const copies = new Map<string, EncodedMessage>();
    for (const [component, timelines] of entity.temporal) {
      for (const [timeline, candidate] of timelines) {
        if (candidate.messages.some((message) => unreadable.has(message))) continue;
        const row = latest.get(timeline)?.get(component);
        const kept = row && getOrAdd(copies, `${row.id}`, () => copyRow(entity, row, latest));
        if (kept !== undefined) this.#retain(kept);
        for (const message of candidate.messages) this.#release(message);
        if (kept === undefined) timelines.delete(timeline);
        else timelines.set(timeline, { end: candidate.end, messages: [kept] });
      }
      if (timelines.size === 0) entity.temporal.delete(component);
    }
  }

  #retain(message: EncodedMessage): void {
    const uses = this.#uses.get(message) ?? 0;
    this.#uses.set(message, uses + 1);
    this.bytes += VALUE_BYTES + (uses === 0 ? message.payload.byteLength : 0);
  }

  #release(message: EncodedMessage): void {
    const uses = this.#uses.get(message);
    if (uses === undefined) return;
    this.bytes -= VALUE_BYTES + (uses === 1 ? message.payload.byteLength : 0);
    if (uses === 1) this.#uses.delete(message);
    else this.#uses.set(message, uses - 1);
  }
}

type ReadMessage = (message: EncodedMessage) => StoredRows | undefined;

/** Reads each message once. */
function rowsReader(onUnreadable: (message: EncodedMessage) => void): ReadMessage {
  const known = new Map<EncodedMessage, StoredRows | undefined>();
  return (message) => {
    if (known.has(message)) return known.get(message);
    let rows: StoredRows | undefined;
    try {
      rows = readStoredRows(message);
    } catch {
      onUnreadable(message);
    }
    known.set(message, rows);
    return rows;
  };
}

function latestOf(
  messages: readonly EncodedMessage[],
  component: string,
  timeline: string,
  read: ReadMessage,
): LatestRow | undefined {
  let latest: LatestRow | undefined;
  for (const message of messages) {
    const rows = read(message);
    const column = rows?.columns.find(({ descriptor }) => descriptor.component === component);
    const values = rows?.times.find((times) => times.timeline.name === timeline)?.values;
    if (rows === undefined || column === undefined || values === undefined) continue;
    for (let row = 0; row < rows.rows; row++) {
      if (!column.isValid(row)) continue;
      const order = { time: values.getBigInt64(row * 8, true), id: rowId(rows, row) };
      if (latest === undefined || isAfter(order, latest)) latest = { ...order, message, rows, row, column };
    }
  }
  return latest;
}

/** The values of a row that are the latest on some timeline, as a chunk. */
function copyRow(
  { storeId, entityPath }: LatestEntity,
  { rows, row, id, message }: LatestRow,
  latest: ReadonlyMap<string, ReadonlyMap<string, LatestRow>>,
): EncodedMessage {
  const needed = new Set<RowsColumn>();
  for (const values of latest.values())
    for (const value of values.values()) if (value.id === id) needed.add(value.column);
  if (rows.rows === 1 && needed.size === rows.columns.length) return message;
  const times = rows.times.map(({ timeline, values }) => ({
    timeline,
    values: BigInt64Array.of(values.getBigInt64(row * 8, true)),
  }));
  const columns = [...needed].map((column) => copiedColumn(column, row, row + 1));
  try {
    return writeRows({ storeId, entityPath, ids: rowIdBytes(id), times, columns });
  } catch {
    return message;
  }
}
