import type { ChunkManifest, EncodedMessage, ManifestComponent, ManifestRange } from "@rerun-ts/core";
import type { ArrowType } from "@rerun-ts/core/encode";

type Timeline = ChunkManifest["timelines"][number];
/** The part of a component that many chunks share. */
export type StoredComponent = Pick<ManifestComponent, "descriptor" | "arrow">;
/** Facts that many chunks share: their entity, and the indices of their timelines and components in the table. */
type StoredShape = readonly [path: string, timelines: readonly number[], components: readonly number[]];

/** Timelines, components and shapes of all chunks of a pack. */
export interface PackTable {
  readonly timelines: readonly Timeline[];
  readonly components: readonly StoredComponent[];
  readonly shapes: readonly StoredShape[];
}

/** The first number of a record, for an activation. */
export const ACTIVATION = 0;
/** The same for a chunk without a manifest. */
export const BARE_CHUNK = 1;
/** The same for a chunk with the first shape. */
export const FIRST_SHAPE = 2;
/** A flag of a component that is null or empty in every row. */
export const EMPTY = 1;
/** A flag of a component with ranges of its own, because some rows lack it. */
export const OWN_RANGES = 2;

/**
 * Writes a record of 32-bit numbers for each message of a pack. It has the kind or shape, and the size of the payload.
 * For a chunk the id follows, and for one with a manifest also the rows, the uncompressed size in two halves, the
 * ranges, and for each component the rows, flags, and ranges of its own. Readers need no JSON for each chunk.
 */
export class PackRecordsWriter {
  readonly #timelines = new Map<string, number>();
  readonly #components = new Map<ManifestComponent["descriptor"], Map<ArrowType, number>>();
  readonly #shapes = new Map<string, number>();
  readonly #numbers: number[] = [];
  readonly table = {
    timelines: [] as Timeline[],
    components: [] as StoredComponent[],
    shapes: [] as StoredShape[],
  };

  /** The length of all records in bytes. */
  get byteLength(): number {
    return 4 * this.#numbers.length;
  }

  /** Adds a message. A chunk with a type that cannot be written has no manifest, and readers decode it. */
  add({ kind, payload, chunkId, manifest }: EncodedMessage): void {
    if (kind !== "chunk" || chunkId === undefined) {
      this.#numbers.push(kind === "chunk" ? BARE_CHUNK : ACTIVATION, payload.byteLength);
      if (kind === "chunk") this.#numbers.push(0, 0, 0, 0);
      return;
    }
    const isBare = manifest === undefined || manifest.components.some(({ arrow }) => isOpaque(arrow));
    const { timeHi, timeLo, incHi, incLo } = chunkId;
    const first = isBare ? BARE_CHUNK : FIRST_SHAPE + this.#shape(manifest);
    this.#numbers.push(first, payload.byteLength, timeHi, timeLo, incHi, incLo);
    if (!isBare) this.#addManifest(manifest);
  }

  copyTo(target: DataView<ArrayBuffer>, at: number): void {
    for (const [index, number] of this.#numbers.entries()) target.setUint32(at + 4 * index, number);
  }

  #addManifest({ rows, uncompressedSize, ranges, components }: ChunkManifest): void {
    this.#numbers.push(rows, uncompressedSize % 2 ** 32, Math.floor(uncompressedSize / 2 ** 32));
    this.#addRanges(ranges);
    for (const component of components) {
      const isOwn = component.rows !== rows;
      this.#numbers.push(component.rows, (component.isEmpty ? EMPTY : 0) | (isOwn ? OWN_RANGES : 0));
      if (isOwn) this.#addRanges(component.ranges);
    }
  }

  #addRanges(ranges: readonly ManifestRange[]): void {
    for (const { start, end } of ranges) this.#numbers.push(start.lo, start.hi, end.lo, end.hi);
  }

  #shape({ entityPath, timelines, components }: ChunkManifest): number {
    const ofTimelines = timelines.map((timeline) => this.#timeline(timeline));
    const ofComponents = components.map((component) => this.#component(component));
    const key = `${ofTimelines.join()};${ofComponents.join()};${entityPath}`;
    let index = this.#shapes.get(key);
    if (index === undefined) {
      this.#shapes.set(key, (index = this.table.shapes.length));
      this.table.shapes.push([entityPath, ofTimelines, ofComponents]);
    }
    return index;
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

/** Whether a type writes itself: a function is not JSON. */
function isOpaque(type: ArrowType): boolean {
  if ("write" in type) return true;
  if ("item" in type) return isOpaque(type.item.type);
  return "fields" in type && type.fields.some((field) => isOpaque(field.type));
}
