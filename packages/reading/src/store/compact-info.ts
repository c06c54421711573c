import type { ChunkColumn, ChunkData, ChunkLayout } from "./chunk-data.ts";
import type { ChunkInfo, ComponentSpan, TimeSpan } from "./chunk-info.ts";

/** The number of times in a block. */
const BLOCK_TIMES = 4096;

/** The times of many chunks. A separate array for each chunk would take several times as much memory. */
let block = new BigInt64Array(0);
let used = 0;

/** The names of the columns of chunks. */
interface ColumnNames {
  readonly timelines: readonly string[];
  readonly components: readonly string[];
}

const known = new WeakMap<ChunkLayout, ColumnNames>();

/** The names of columns, the same object for the same layout. Unlike the layout, it needs little memory. */
function namesOf(layout: ChunkLayout): ColumnNames {
  let names = known.get(layout);
  if (names === undefined) {
    const nameOf = ({ name }: ChunkColumn): string => name;
    names = { timelines: layout.timelines.map(nameOf), components: layout.components.map(nameOf) };
    known.set(layout, names);
  }
  return names;
}

/**
 * The index entry of a chunk that was read, in some 150 bytes. Its times and components are made into maps on first
 * access: a file may have a million chunks, and a query needs those of few entities.
 */
export class CompactInfo implements ChunkInfo {
  readonly id: string;
  readonly entityPath: string;
  readonly rows: number;
  readonly #names: ColumnNames;
  readonly #offset: number;
  readonly #length: number;
  readonly #block: BigInt64Array;
  readonly #position: number;
  #timelines: ReadonlyMap<string, TimeSpan> | undefined;
  #components: ReadonlyMap<string, ComponentSpan> | undefined;

  /**
   * @param spans the times of all rows, for each timeline
   * @param components the components that have a value. `undefined` if all rows have all components
   */
  constructor(
    { id, entityPath, rows, layout }: Pick<ChunkData, "id" | "entityPath" | "rows" | "layout">,
    { offset, length }: ChunkInfo["place"],
    spans: readonly TimeSpan[],
    components: ReadonlyMap<string, ComponentSpan> | undefined,
  ) {
    this.id = id;
    this.entityPath = entityPath;
    this.rows = rows;
    this.#names = namesOf(layout);
    this.#offset = offset;
    this.#length = length;
    const size = 2 * spans.length;
    if (used + size > block.length) {
      block = new BigInt64Array(Math.max(BLOCK_TIMES, size));
      used = 0;
    }
    this.#block = block;
    this.#position = used;
    for (const { start, end } of spans) {
      block[used++] = start;
      block[used++] = end;
    }
    this.#components = components;
  }

  get place(): ChunkInfo["place"] {
    return { offset: this.#offset, length: this.#length };
  }

  get timelines(): ReadonlyMap<string, TimeSpan> {
    return (this.#timelines ??= this.#readTimelines());
  }

  get components(): ReadonlyMap<string, ComponentSpan> {
    if (this.#components === undefined) {
      const span = { rows: this.rows, times: this.timelines };
      this.#components = new Map(this.#names.components.map((name) => [name, span]));
    }
    return this.#components;
  }

  #readTimelines(): ReadonlyMap<string, TimeSpan> {
    if (this.rows === 0) return new Map();
    const spanAt = (position: number): TimeSpan => ({
      start: this.#block[position] as bigint,
      end: this.#block[position + 1] as bigint,
    });
    return new Map(this.#names.timelines.map((name, index) => [name, spanAt(this.#position + 2 * index)]));
  }
}
