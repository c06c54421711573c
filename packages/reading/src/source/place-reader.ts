import { groupPlaces, type Place, type PlaceGroup } from "./place-groups.ts";
import type { OpenSource, ReadOptions } from "./random-access.ts";

/** The number of bytes of a block. */
const BLOCK = 1024 * 1024;
/** The number of wanted places that makes a block worth reading: each read takes about as long as copying 100 kB. */
const MIN_PLACES = 12;
/** The maximum number of blocks in memory. */
const MAX_BLOCKS = 48;
/** The number of reads in flight. */
const READS = 32;
/** The maximum gap between neighbouring places, in bytes: more would take more memory than is saved. */
const MAX_GAP = 4 * 1024;

/** The most places that are read together. */
export const MAX_PLACES = 256;

/** Places that were read together, with their positions in a list. */
interface ReadGroup {
  readonly group: PlaceGroup<readonly [index: number, place: Place]>;
  readonly bytes: Uint8Array;
}

/**
 * Reads places of a source. A block with many places of one call is read as a whole, and the last blocks stay in
 * memory. This helps because the small chunks of many entities are interleaved, so the chunks of one entity are far
 * apart. The memory of blocks is reused, because new memory for gigabytes keeps the garbage collector busy.
 */
export class PlaceReader {
  readonly #access: OpenSource;
  readonly #options: ReadOptions;
  /** The blocks by number, those used last at the end. */
  readonly #blocks = new Map<number, Uint8Array>();

  constructor(access: OpenSource, options: ReadOptions) {
    this.#access = access;
    this.#options = options;
  }

  /** Whether bytes that fill their buffer are in memory that nothing else uses. */
  get isOwnMemory(): boolean {
    return this.#access.readInto !== undefined;
  }

  /** The bytes of one place. They do not change afterwards. */
  async readOne({ offset, length }: Place): Promise<Uint8Array> {
    return this.#access.read(offset, length, this.#options);
  }

  /** The bytes of places, in their order. Neighbours have one read. They do not change afterwards. */
  async readNeighbours(places: readonly Place[]): Promise<readonly Uint8Array[]> {
    const sorted = [...places.entries()].sort(([, a], [, b]) => a.offset - b.offset);
    const groups = [...groupPlaces(sorted, ([, place]) => place, BLOCK, MAX_GAP)];
    const found: Uint8Array[] = [];
    for (let first = 0; first < groups.length; first += READS) {
      const read = async ({ items, start, length }: (typeof groups)[number]): Promise<void> => {
        const bytes = await this.readOne({ offset: start, length });
        for (const [index, place] of items)
          found[index] = bytes.subarray(place.offset - start, place.offset - start + place.length);
      };
      await Promise.all(groups.slice(first, first + READS).map(read));
    }
    return found;
  }

  /**
   * Passes the bytes of places to a function, with the position of each in the list. The places are read in the order
   * of the source. The bytes change when the function returns.
   */
  async readEach(places: readonly Place[], take: (bytes: Uint8Array, index: number) => void): Promise<void> {
    const sorted = [...places.entries()].sort(([, a], [, b]) => a.offset - b.offset);
    const takeAll = ({ group: { items, start }, bytes }: ReadGroup): void => {
      for (const [index, { offset, length }] of items)
        take(bytes.subarray(offset - start, offset - start + length), index);
    };
    const memory = [new Uint8Array(BLOCK), new Uint8Array(BLOCK)] as const;
    let reading: Promise<ReadGroup> | undefined;
    let turn = 0;
    try {
      for (const group of groupPlaces(sorted, ([, place]) => place, BLOCK)) {
        const last = reading && (await reading);
        // While one group is taken, the next one is read.
        reading = this.#readGroup(group, memory[turn++ & 1] as Uint8Array<ArrayBuffer>);
        // It may fail before it is awaited.
        reading.catch(() => undefined);
        if (last !== undefined) takeAll(last);
      }
      if (reading !== undefined) takeAll(await reading);
    } finally {
      await reading?.catch(() => undefined);
    }
  }

  /** @param memory memory for the bytes, if they fit and the source can use it */
  async #readGroup(group: ReadGroup["group"], memory: Uint8Array): Promise<ReadGroup> {
    const { start, length } = group;
    const { readInto } = this.#access;
    if (readInto === undefined || length > memory.byteLength)
      return { group, bytes: await this.readOne({ offset: start, length }) };
    const bytes = memory.subarray(0, length);
    await readInto(bytes, start, this.#options);
    return { group, bytes };
  }

  /** The bytes of up to {@link MAX_PLACES} places, in their order. They change with the next call. */
  async readTogether(places: readonly Place[]): Promise<readonly Uint8Array[]> {
    const counts = countByBlock(places);
    const pieces: Uint8Array[] = [];
    const single: number[] = [];
    const used = new Set<number>();
    for (const [index, place] of places.entries()) {
      const block = blockOf(place);
      const isWorthIt = block !== undefined && (this.#blocks.has(block) || (counts.get(block) ?? 0) >= MIN_PLACES);
      if (!isWorthIt) {
        single.push(index);
        continue;
      }
      const bytes = await this.#block(block, used);
      const start = place.offset - block * BLOCK;
      pieces[index] = bytes.subarray(start, start + place.length);
    }
    for (let first = 0; first < single.length; first += READS) {
      const group = single.slice(first, first + READS);
      const read = await Promise.all(group.map((index) => this.readOne(places[index] as Place)));
      for (const [position, index] of group.entries()) pieces[index] = read[position] as Uint8Array;
    }
    return pieces;
  }

  /** @param used the blocks of this call, whose memory must not be reused yet */
  async #block(block: number, used: Set<number>): Promise<Uint8Array> {
    const bytes = this.#blocks.get(block) ?? (await this.#readBlock(block, used));
    used.add(block);
    this.#blocks.delete(block);
    this.#blocks.set(block, bytes);
    return bytes;
  }

  /**
   * The block that is replaced: the one before this call that was used last. The chunks of each entity lie all over a
   * file, which is therefore read in rounds, and the block that was used first is wanted next.
   */
  #replaced(used: ReadonlySet<number>): number | undefined {
    let last: number | undefined;
    for (const block of this.#blocks.keys()) if (last === undefined || !used.has(block)) last = block;
    return last;
  }

  async #readBlock(block: number, used: ReadonlySet<number>): Promise<Uint8Array> {
    const start = block * BLOCK;
    const length = Math.min(BLOCK, this.#access.size - start);
    const replaced = this.#blocks.size < MAX_BLOCKS ? undefined : this.#replaced(used);
    const old = replaced === undefined ? undefined : this.#blocks.get(replaced);
    if (replaced !== undefined) this.#blocks.delete(replaced);
    const { readInto } = this.#access;
    if (readInto === undefined) return this.#access.read(start, length, this.#options);
    const isFree = replaced !== undefined && !used.has(replaced) && old?.byteLength === BLOCK;
    const memory = isFree ? old : new Uint8Array(BLOCK);
    const bytes = memory.subarray(0, length);
    await readInto(bytes, start, this.#options);
    return bytes;
  }
}

/** Whether places are so close to each other that {@link PlaceReader.readTogether} reads whole blocks. */
export function areClose(places: readonly Place[]): boolean {
  for (const count of countByBlock(places).values()) if (count >= MIN_PLACES) return true;
  return false;
}

/** The number of places in each block. */
function countByBlock(places: readonly Place[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const place of places) {
    const block = blockOf(place);
    if (block !== undefined) counts.set(block, (counts.get(block) ?? 0) + 1);
  }
  return counts;
}

/** The block that contains a whole place, or `undefined` if there is none. */
function blockOf({ offset, length }: Place): number | undefined {
  const block = Math.floor(offset / BLOCK);
  return offset + length <= (block + 1) * BLOCK ? block : undefined;
}
