import type { Data, RecordBatch } from "apache-arrow";
import { chunkDataOf, type ComponentColumn, type IndexColumn } from "@rerun-ts/reading/chunks";
import type { RecordingReader } from "@rerun-ts/reading";
import { getOrAdd } from "@rerun-ts/core/util";
import { ChunkRows, type LatestValues } from "./chunk-rows.ts";

/** A row of a chunk. */
export interface FoundRow {
  readonly rows: ChunkRows;
  readonly row: number;
}

/** The latest values at some times. */
export interface ValuesAt extends LatestValues {
  /** The position of a time in the lists. */
  positionOf(this: void, time: bigint): number;
}

const NOTHING: ValuesAt = { lists: new Map(), positionOf: () => 0 };

/** Looks up the values that were logged in other rows of an entity, as the viewer does. */
export class LatestLookup {
  readonly #recording: RecordingReader;
  readonly #timeline: IndexColumn | undefined;
  readonly #signal: AbortSignal | undefined;
  /** The columns of each entity, by component. */
  readonly #columns = new Map<string, Map<string, ComponentColumn>>();
  readonly #static = new Map<string, Promise<ReadonlyMap<string, LatestValues["lists"]>>>();
  readonly #first = new Map<string, Promise<FoundRow | undefined>>();

  constructor(recording: RecordingReader, timeline: IndexColumn | undefined, signal: AbortSignal | undefined) {
    this.#recording = recording;
    this.#timeline = timeline;
    this.#signal = signal;
    for (const column of recording.schema().components) {
      const known = this.#columns.get(column.entityPath) ?? new Map<string, ComponentColumn>();
      this.#columns.set(column.entityPath, known.set(column.component, column));
    }
  }

  /** Whether an entity has a component at any time. */
  has(entityPath: string, component: string): boolean {
    return this.#columns.get(entityPath)?.has(component) === true;
  }

  /**
   * The latest values of components at some times.
   * @param times the times of the rows, or `undefined` for static rows, whose values are static too
   */
  async at(entityPath: string, components: readonly string[], times: BigInt64Array | undefined): Promise<ValuesAt> {
    const columns = components
      .map((component) => this.#columns.get(entityPath)?.get(component))
      .filter((column) => column !== undefined && (times !== undefined || column.isStatic));
    if (columns.length === 0) return NOTHING;
    // Static values are the same at all times. They are read once for all entities, because there may be thousands.
    if (times === undefined || columns.every((column) => column?.isStatic))
      return { lists: (await this.#staticValues(components)).get(entityPath) ?? new Map(), positionOf: () => 0 };
    const values = BigInt64Array.from(new Set(times)).sort();
    const query = this.#recording.query({
      index: this.#timeline?.name ?? null,
      columns: columns.map((column) => column?.name ?? ""),
      usingIndexValues: values,
      fillLatestAt: true,
      typeConflicts: "skip",
      batchRows: values.length,
      signal: this.#signal,
    });
    const { batches } = await query.toTable();
    const positions = new Map(Array.from(values, (time, position) => [time, position]));
    return { lists: listsOf(batches[0]).get(entityPath) ?? new Map(), positionOf: (time) => positions.get(time) ?? 0 };
  }

  /** The static values of components, by entity. */
  #staticValues(components: readonly string[]): Promise<ReadonlyMap<string, LatestValues["lists"]>> {
    const key = components.join();
    const found = getOrAdd(this.#static, key, () => this.#readStatic(new Set(components)));
    return found;
  }

  async #readStatic(components: ReadonlySet<string>): Promise<ReadonlyMap<string, LatestValues["lists"]>> {
    const all = [...this.#columns.values()].flatMap((columns) => [...columns.values()]);
    const columns = all.filter(({ component, isStatic }) => isStatic && components.has(component));
    const names = columns.map(({ name }) => name);
    const options = { index: null, columns: names, typeConflicts: "skip", signal: this.#signal } as const;
    return listsOf((await this.#recording.query(options).toTable()).batches[0]);
  }

  /** The first row of an entity with a component, for rows before it. */
  first(entityPath: string, component: string): Promise<FoundRow | undefined> {
    const key = `${entityPath}:${component}`;
    const found = getOrAdd(this.#first, key, () => this.#findFirst(entityPath, component));
    return found;
  }

  async #findFirst(entityPath: string, component: string): Promise<FoundRow | undefined> {
    const filter = { contents: entityPath, components: [component], signal: this.#signal };
    for await (const chunk of this.#recording.chunks(filter)) {
      const rows = new ChunkRows(chunkDataOf(chunk));
      for (let row = 0; row < chunk.numRows; row++) if (rows.hasInstances(component, row)) return { rows, row };
    }
    return undefined;
  }
}

/** The lists of a batch, by entity and component. */
function listsOf(batch: RecordBatch | undefined): ReadonlyMap<string, Map<string, Data>> {
  const lists = new Map<string, Map<string, Data>>();
  for (const [index, { metadata }] of (batch?.schema.fields ?? []).entries()) {
    const [entityPath, component] = [metadata.get("rerun:entity_path"), metadata.get("rerun:component")];
    const data = batch?.data.children[index];
    if (entityPath === undefined || component === undefined || data === undefined) continue;
    const own = lists.get(entityPath) ?? new Map<string, Data>();
    lists.set(entityPath, own.set(component, data));
  }
  return lists;
}
