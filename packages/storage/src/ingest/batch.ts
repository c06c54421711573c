import type { StoreId } from "@rerun-ts/core";
import { storeKey } from "@rerun-ts/core/encode";
import { getOrAdd } from "@rerun-ts/core/util";
import { slicePack, type Pack, type PackId } from "../nats/pack.ts";
import { RunPrints, type FlatPrints } from "../commits/run-prints.ts";
import { PackRanges, missingOf, type FlatRanges } from "../commits/pack-ranges.ts";

/** A pack with its size in the stream. */
export interface HeldPack {
  readonly pack: Pack;
  readonly bytes: number;
}

/** The packs of one store in a batch. */
export interface StorePacks {
  readonly storeId: StoreId;
  readonly packs: readonly HeldPack[];
}

/** Packs of a partition that are gathered for one commit, without duplicate messages. */
export class Batch {
  /** The bytes of the packs. */
  bytes = 0;
  readonly #packs = new Map<string, Map<number, HeldPack>>();
  readonly #numbers = new Map<string, PackRanges>();
  readonly #prints = new Map<string, RunPrints>();

  get isEmpty(): boolean {
    return this.#packs.size === 0;
  }

  /** The numbers of a pack that the batch does not have. */
  missing(id: PackId): FlatRanges {
    return missingOf(this.#numbers.get(id.run), id);
  }

  /** Adds a pack of whose messages the batch has none. */
  add(held: HeldPack): void {
    const { run, number, count, prints } = held.pack;
    if (prints !== undefined) {
      const known = this.#prints.get(run) ?? new RunPrints();
      known.add(number + count - 1, prints[1]);
      this.#prints.set(run, known);
    }
    const packs = this.#packs.get(run);
    if (packs === undefined) this.#packs.set(run, new Map([[number, held]]));
    else packs.set(number, held);
    const numbers = getOrAdd(this.#numbers, run, () => new PackRanges());
    numbers.add(number, number + count - 1);
    this.bytes += held.bytes;
  }

  /** Removes messages that are known elsewhere. Returns their bytes. */
  removeKnown(known: { missing(id: PackId): FlatRanges }): number {
    return this.#replace((held) => missingPacks(held, known));
  }

  /** Removes packs. Returns their bytes. */
  removeIf(isRemoved: (pack: Pack) => boolean): number {
    return this.#replace((held) => (isRemoved(held.pack) ? [] : [held]));
  }

  /** The numbers of the messages, by their run. */
  ranges(): Record<string, FlatRanges> {
    return Object.fromEntries([...this.#numbers].map(([run, numbers]) => [run, numbers.toJSON()]));
  }

  /** The prints of the packs, by their run. */
  prints(): Record<string, FlatPrints> {
    const found: Record<string, FlatPrints> = {};
    for (const [run, prints] of this.#prints) found[run] = prints.toJSON();
    return found;
  }

  /** The prints of the packs of a run. */
  printsOf(run: string): RunPrints | undefined {
    return this.#prints.get(run);
  }

  /** The packs by store. The packs of a run are in the order of their numbers. */
  byStore(): readonly StorePacks[] {
    const stores = new Map<string, { storeId: StoreId; packs: HeldPack[] }>();
    for (const numbers of this.#packs.values()) {
      const inOrder = [...numbers.values()].sort((a, b) => a.pack.number - b.pack.number);
      for (const held of inOrder) {
        const { storeId } = held.pack;
        const key = storeKey(storeId);
        const store = stores.get(key);
        if (store === undefined) stores.set(key, { storeId, packs: [held] });
        else store.packs.push(held);
      }
    }
    return [...stores.values()];
  }

  /** Replaces each pack by others. Returns by how much this reduces the bytes. */
  #replace(replacement: (held: HeldPack) => readonly HeldPack[]): number {
    const before = this.bytes;
    const all = [...this.#packs.values()].flatMap((packs) => [...packs.values()]);
    this.#packs.clear();
    this.#numbers.clear();
    this.#prints.clear();
    this.bytes = 0;
    for (const held of all) for (const kept of replacement(held)) this.add(kept);
    return before - this.bytes;
  }
}

/** The packs with those messages of a pack that are not known: mostly the pack itself. */
export function missingPacks(held: HeldPack, known: { missing(id: PackId): FlatRanges }): HeldPack[] {
  return slicePack(held.pack, known.missing(held.pack)).map((pack) =>
    pack === held.pack ? held : { pack, bytes: payloadBytes(pack) },
  );
}

function payloadBytes({ messages }: Pack): number {
  let bytes = 0;
  for (const { payload } of messages) bytes += payload.byteLength;
  return bytes;
}
