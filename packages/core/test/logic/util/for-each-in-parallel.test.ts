import { describe, expect, it } from "vitest";
import { forEachInParallel } from "@rerun-ts/core/util";

/** Work that a test ends: the started items in their order, and what ends each of them. */
class HeldWork {
  readonly started: number[] = [];
  readonly #ends = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();

  readonly run = (item: number): Promise<void> => {
    this.started.push(item);
    return new Promise((resolve, reject) => this.#ends.set(item, { resolve, reject }));
  };

  async end(item: number, error?: Error): Promise<void> {
    if (error === undefined) this.#ends.get(item)?.resolve();
    else this.#ends.get(item)?.reject(error);
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe("forEachInParallel", () => {
  it("starts the next item when one ends, and never more than the limit", async () => {
    const work = new HeldWork();
    const all = forEachInParallel([1, 2, 3, 4], 2, work.run);
    await settle();
    expect(work.started).toEqual([1, 2]);
    await work.end(2);
    expect(work.started).toEqual([1, 2, 3]);
    await work.end(1);
    await work.end(3);
    await work.end(4);
    await all;
    expect(work.started).toEqual([1, 2, 3, 4]);
  });

  it("takes no more items after a failure, and rejects with the first one when the others have ended", async () => {
    const work = new HeldWork();
    let result: unknown = "pending";
    const all = forEachInParallel([1, 2, 3, 4], 3, work.run).catch((error: unknown) => (result = error));
    await settle();
    const first = new Error("first");
    await work.end(2, first);
    await work.end(1, new Error("second"));
    expect(result).toBe("pending");
    await work.end(3);
    await all;
    expect(result).toBe(first);
    expect(work.started).toEqual([1, 2, 3]);
  });

  it("closes an asynchronous source after a failure", async () => {
    const events: string[] = [];
    async function* source(): AsyncGenerator<number> {
      try {
        for (let item = 1; ; item++) yield await Promise.resolve(item);
      } finally {
        events.push("closed");
      }
    }
    const work = (item: number): Promise<void> => {
      events.push(`item ${item}`);
      return item === 2 ? Promise.reject(new Error("no")) : Promise.resolve();
    };
    await expect(forEachInParallel(source(), 1, work)).rejects.toThrow("no");
    expect(events).toEqual(["item 1", "item 2", "closed"]);
  });

  it("rejects with the failure of a source", async () => {
    async function* source(): AsyncGenerator<number> {
      yield await Promise.resolve(1);
      throw new Error("the list broke off");
    }
    const items: number[] = [];
    const work = (item: number): Promise<unknown> => Promise.resolve(items.push(item));
    await expect(forEachInParallel(source(), 4, work)).rejects.toThrow("the list broke off");
    expect(items).toEqual([1]);
  });
});
