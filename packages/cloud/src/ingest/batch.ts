import type { StoreId } from "@rerun-ts/core";
import { storeKey } from "@rerun-ts/core/encode";
import type { Pack, PackId } from "../nats/pack.ts";
import { PackRanges, type FlatRanges } from "../commits/pack-ranges.ts";

/** A pack with the size that it had in its stream. */
export interface HeldPack {
  readonly pack: Pack;
  readonly bytes: number;
}

/** The packs of one store in a batch. */
export interface StorePacks {
  readonly storeId: StoreId;
  readonly packs: readonly HeldPack[];
}

/** Packs of a partition that are gathered for one commit, each once. */
export class Batch {
  /** The bytes of the packs. */
  bytes = 0;
  #packs = new Map<string, Map<number, HeldPack>>();

  get isEmpty(): boolean {
    return this.#packs.size === 0;
  }

  has({ run, number }: PackId): boolean {
    return this.#packs.get(run)?.has(number) ?? false;
  }

  /** Adds a pack that the batch does not have. */
  add(held: HeldPack): void {
    const { run, number } = held.pack;
    let numbers = this.#packs.get(run);
    if (numbers === undefined) this.#packs.set(run, (numbers = new Map()));
    numbers.set(number, held);
    this.bytes += held.bytes;
  }

  /** Removes packs. Returns their bytes. */
  removeIf(isRemoved: (pack: Pack) => boolean): number {
    const before = this.bytes;
    for (const [run, numbers] of this.#packs) {
      for (const [number, { pack, bytes }] of numbers) {
        if (!isRemoved(pack)) continue;
        numbers.delete(number);
        this.bytes -= bytes;
      }
      if (numbers.size === 0) this.#packs.delete(run);
    }
    return before - this.bytes;
  }

  /** The numbers of the packs, by their run. */
  ranges(): Record<string, FlatRanges> {
    return Object.fromEntries(
      [...this.#packs].map(([run, numbers]) => {
        const ranges = new PackRanges();
        for (const number of [...numbers.keys()].sort((a, b) => a - b)) ranges.add(number);
        return [run, ranges.toJSON()];
      }),
    );
  }

  /** The packs by store, those of a run in the order of their numbers. */
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
}
