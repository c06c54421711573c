import { RerunError, type ChunkManifest, type ManifestComponent, type ManifestRange } from "@rerun-ts/core";
import type { ArrowType } from "@rerun-ts/core/encode";

type Timeline = ChunkManifest["timelines"][number];
/** Numbers from `start` to `end`, each in two halves. */
type StoredRange = readonly [startLow: number, startHigh: number, endLow: number, endHigh: number];
/** A component of a chunk: its index in the table, its number of rows, and their ranges if other rows lack it. */
type StoredComponent = readonly [component: number, rows: number, isEmpty: 0 | 1, ranges?: readonly StoredRange[]];
/** The manifest of a chunk, whose names are in the table. */
export type StoredManifest = readonly [
  path: string,
  rows: number,
  uncompressedSize: number,
  timelines: readonly number[],
  ranges: readonly StoredRange[],
  components: readonly StoredComponent[],
];

/** Timelines and components of all chunks of a pack. */
export interface StoredTable {
  readonly timelines: readonly Timeline[];
  readonly components: readonly Pick<ManifestComponent, "descriptor" | "arrow">[];
}

/** Writes manifests of chunks as JSON, with each timeline and component once. */
export class ManifestTableWriter {
  readonly #timelines = new Map<string, number>();
  readonly #components = new Map<ManifestComponent["descriptor"], Map<ArrowType, number>>();
  readonly table = { timelines: [] as Timeline[], components: [] as StoredTable["components"][number][] };

  /** Adds a manifest. Returns `undefined` if one of its types cannot be written. Readers then decode the chunk. */
  add(manifest: ChunkManifest): StoredManifest | undefined {
    if (manifest.components.some(({ arrow }) => isOpaque(arrow))) return undefined;
    return [
      manifest.entityPath,
      manifest.rows,
      manifest.uncompressedSize,
      manifest.timelines.map((timeline) => this.#timeline(timeline)),
      manifest.ranges.map(storeRange),
      manifest.components.map((component): StoredComponent => {
        const { rows, isEmpty, ranges } = component;
        const common = [this.#component(component), rows, isEmpty ? 1 : 0] as const;
        return rows === manifest.rows ? common : [...common, ranges.map(storeRange)];
      }),
    ];
  }

  #timeline({ name, kind }: Timeline): number {
    const key = `${kind} ${name}`;
    let index = this.#timelines.get(key);
    if (index === undefined) {
      this.#timelines.set(key, (index = this.table.timelines.length));
      this.table.timelines.push({ name, kind });
    }
    return index;
  }

  #component({ descriptor, arrow }: ManifestComponent): number {
    let byType = this.#components.get(descriptor);
    if (byType === undefined) this.#components.set(descriptor, (byType = new Map()));
    let index = byType.get(arrow);
    if (index === undefined) {
      byType.set(arrow, (index = this.table.components.length));
      this.table.components.push({ descriptor, arrow });
    }
    return index;
  }
}

/**
 * Reads manifests that a {@link ManifestTableWriter} has written. Ingesters read one for each small chunk: patterns for
 * arrays and spread objects would take a quarter of the time of all reading.
 *
 * @throws if they are damaged
 */
export function readStoredManifest(manifest: StoredManifest, table: StoredTable): ChunkManifest {
  const [entityPath, rows, uncompressedSize] = [manifest[0], manifest[1], manifest[2]];
  const timelines = manifest[3];
  const ranges = manifest[4].map(readRange);
  if (
    typeof entityPath !== "string" ||
    !isCount(rows) ||
    !isCount(uncompressedSize) ||
    ranges.length !== timelines.length
  )
    throw damaged();
  return {
    entityPath,
    rows,
    uncompressedSize,
    timelines: timelines.map((index) => table.timelines[index] ?? fail()),
    ranges,
    components: manifest[5].map((stored) => {
      const { descriptor, arrow } = table.components[stored[0]] ?? fail();
      const [count, own] = [stored[1], stored[3]];
      return {
        descriptor,
        arrow,
        rows: isCount(count) ? count : fail(),
        isEmpty: stored[2] === 1,
        ranges: own === undefined ? ranges : own.map(readRange),
      };
    }),
  };
}

function storeRange({ start, end }: ManifestRange): StoredRange {
  return [start.lo, start.hi, end.lo, end.hi];
}

function readRange(range: StoredRange): ManifestRange {
  if (range.length !== 4 || !range.every(Number.isInteger)) throw damaged();
  return { start: { lo: range[0], hi: range[1] }, end: { lo: range[2], hi: range[3] } };
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Whether a type writes itself: a function is no JSON. */
function isOpaque(type: ArrowType): boolean {
  if ("write" in type) return true;
  if ("item" in type) return isOpaque(type.item.type);
  return "fields" in type && type.fields.some((field) => isOpaque(field.type));
}

function fail(): never {
  throw damaged();
}

function damaged(): RerunError {
  return new RerunError("INVALID_FORMAT", "a pack has a damaged manifest");
}
