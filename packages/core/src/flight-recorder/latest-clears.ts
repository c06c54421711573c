import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { isBitSet } from "./array-reader.ts";
import { readStoredRows } from "./stored-rows.ts";
import { isAfter, rowId, type RowPlace } from "./row-place.ts";

/** The component of the archetype `Clear`. */
const IS_RECURSIVE = "Clear:is_recursive";

/** The latest clears of an entity on a timeline. */
interface EntityClears {
  any?: RowPlace;
  recursive?: RowPlace;
}

/** The most entities and timelines whose clears are remembered. */
const MAX_CLEARS = 10_000;

/** The latest clears of the entities of a store. */
export class LatestClears {
  /** Those that changed least recently come first. */
  readonly #clears = new Map<string, EntityClears>();

  /** Notes the clears of a chunk, if it has any. */
  add(message: EncodedMessage): void {
    if (message.isStatic || !message.manifest?.components.some(isClear)) return;
    const rows = readStoredRows(message);
    const flags = rows.columns.find(isClear)?.parts.buffers;
    const [, offsets, , bits] = flags ?? [];
    if (offsets === undefined || bits === undefined) return;
    const starts = new DataView(offsets.buffer, offsets.byteOffset, offsets.byteLength);
    for (let row = 0; row < rows.rows; row++) {
      const start = starts.getInt32(row * 4, true);
      if (start === starts.getInt32(row * 4 + 4, true)) continue;
      for (const { timeline, values } of rows.times) {
        const order = { time: values.getBigInt64(row * 8, true), id: rowId(rows, row) };
        const key = keyOf(rows.entityPath, timeline.name);
        const clears = this.#clears.get(key) ?? {};
        this.#clears.delete(key);
        this.#clears.set(key, clears);
        note(clears, "any", order);
        if (isBitSet(bits, start)) note(clears, "recursive", order);
      }
    }
    for (const key of this.#clears.keys()) {
      if (this.#clears.size <= MAX_CLEARS) break;
      this.#clears.delete(key);
    }
  }

  /** Whether a value of an entity was cleared. */
  isCleared(entityPath: string, timeline: string, value: RowPlace): boolean {
    const own = this.#clears.get(keyOf(entityPath, timeline))?.any;
    if (own !== undefined && isAfter(own, value)) return true;
    return ancestorsOf(entityPath).some((path) => {
      const clear = this.#clears.get(keyOf(path, timeline))?.recursive;
      return clear !== undefined && isAfter(clear, value);
    });
  }
}

/** Whether a component is that of a clear. */
export function isClear({ descriptor }: { readonly descriptor: { readonly component: string } }): boolean {
  return descriptor.component === IS_RECURSIVE;
}

function note(clears: EntityClears, kind: keyof EntityClears, order: RowPlace): void {
  const known = clears[kind];
  if (known === undefined || isAfter(order, known)) clears[kind] = order;
}

function keyOf(entityPath: string, timeline: string): string {
  return `${timeline}\n${entityPath}`;
}

/** The paths of the entities above one. In a canonical path, a slash within a part follows a backslash. */
function ancestorsOf(entityPath: string): readonly string[] {
  const ends = [...entityPath.matchAll(/(?<!\\)\//g)].map(({ index }) => index).filter((index) => index > 0);
  return entityPath === "/" ? [] : ["/", ...ends.map((end) => entityPath.slice(0, end))];
}
