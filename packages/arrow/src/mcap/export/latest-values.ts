import type { Data, RecordBatch } from "apache-arrow";
import { chunkDataOf } from "../../reading/chunk.ts";
import type { RecordingReader } from "../../reading/recording-reader.ts";
import type { ComponentColumn, IndexColumn } from "../../store/chunk-info.ts";
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

/** Looks up the values that were logged in other rows of an entity, as the viewer does. */
export class LatestLookup {
  readonly #recording: RecordingReader;
  readonly #timeline: IndexColumn | undefined;
  readonly #signal: AbortSignal | undefined;
  /** The columns of each entity, by component. */
  readonly #columns = new Map<string, Map<string, ComponentColumn>>();
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
    if (columns.length === 0) return { lists: new Map(), positionOf: () => 0 };
    const values = times && BigInt64Array.from(new Set(times)).sort();
    const query = this.#recording.query({
      index: values === undefined ? null : (this.#timeline?.name ?? null),
      columns: columns.map((column) => column?.name ?? ""),
      usingIndexValues: values,
      fillLatestAt: true,
      typeConflicts: "skip",
      batchRows: values?.length ?? 1,
      signal: this.#signal,
    });
    const { batches } = await query.toTable();
    const lists = listsOf(batches[0]);
    const positions = new Map(Array.from(values ?? [], (time, position) => [time, position]));
    return { lists, positionOf: (time) => positions.get(time) ?? 0 };
  }

  /** The first row of an entity with a component, for rows before it. */
  first(entityPath: string, component: string): Promise<FoundRow | undefined> {
    const key = `${entityPath}:${component}`;
    let found = this.#first.get(key);
    if (found === undefined) this.#first.set(key, (found = this.#findFirst(entityPath, component)));
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

function listsOf(batch: RecordBatch | undefined): LatestValues["lists"] {
  const lists = new Map<string, Data>();
  for (const [index, { metadata }] of (batch?.schema.fields ?? []).entries()) {
    const component = metadata.get("rerun:component");
    const data = batch?.data.children[index];
    if (component !== undefined && data !== undefined) lists.set(component, data);
  }
  return lists;
}
