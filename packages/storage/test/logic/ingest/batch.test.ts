import type { StoreId } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { PackRanges, missingOf } from "../../../dist/commits/pack-ranges.js";
import { Batch, missingPacks, type HeldPack } from "../../../dist/ingest/batch.js";

const STORE: StoreId = { kind: "recording", applicationId: "fleet", recordingId: "one" };
const OTHER: StoreId = { ...STORE, recordingId: "two" };

/** A pack with messages of ten bytes each, which takes more in the stream. */
function packOf(run: string, number: number, count: number, storeId = STORE): HeldPack {
  const messages = Array.from({ length: count }, (_, at) => ({ payload: new Uint8Array(10).fill(number + at) }));
  const pack = { run, number, count, storeId, storeInfo: undefined, messages: messages as never };
  return { pack, bytes: count * 10 + 5 };
}

/** What is known elsewhere: the numbers of a run. */
const known = (run: string, ...ranges: number[]): Pick<Batch, "missing"> => ({
  missing: (id) => missingOf(id.run === run ? new PackRanges(ranges) : undefined, id),
});

describe("a batch of packs", () => {
  it("lacks the numbers that it does not have, by run", () => {
    const batch = new Batch();
    expect(batch.isEmpty).toBe(true);
    batch.add(packOf("a", 3, 2));
    expect(batch.missing({ run: "a", number: 1, count: 6 })).toEqual([1, 2, 5, 6]);
    expect(batch.missing({ run: "a", number: 3, count: 2 })).toEqual([]);
    expect(batch.missing({ run: "b", number: 3, count: 2 })).toEqual([3, 4]);
    expect([batch.isEmpty, batch.bytes, batch.ranges()]).toEqual([false, 25, { a: [3, 4] }]);
  });

  it("has the packs of each store in the order of the numbers of their run", () => {
    const batch = new Batch();
    for (const held of [packOf("a", 5, 1), packOf("b", 1, 1, OTHER), packOf("a", 1, 2), packOf("b", 2, 1)])
      batch.add(held);
    expect(
      batch
        .byStore()
        .map(({ storeId, packs }) => [storeId.recordingId, packs.map(({ pack }) => pack.run + pack.number)]),
    ).toEqual([
      ["one", ["a1", "a5", "b2"]],
      ["two", ["b1"]],
    ]);
  });

  it("loses messages that are known elsewhere, and says how many bytes that is", () => {
    const batch = new Batch();
    batch.add(packOf("a", 1, 4));
    batch.add(packOf("b", 1, 1));
    // Two of the four messages stay, without what the pack took besides.
    expect(batch.removeKnown(known("a", 2, 3))).toBe(45 - 20);
    expect([batch.bytes, batch.ranges()]).toEqual([20 + 15, { a: [1, 1, 4, 4], b: [1, 1] }]);
    expect(batch.removeKnown(known("a", 1, 9))).toBe(20);
    expect(batch.ranges()).toEqual({ b: [1, 1] });
  });

  it("loses packs by a condition", () => {
    const batch = new Batch();
    batch.add(packOf("a", 1, 1));
    batch.add(packOf("b", 1, 2));
    expect(batch.removeIf(({ run }) => run === "b")).toBe(25);
    expect([batch.ranges(), batch.bytes]).toEqual([{ a: [1, 1] }, 15]);
  });
});

describe("missingPacks", () => {
  it("is the pack itself if nothing of it is known, and nothing if all of it is", () => {
    const held = packOf("a", 1, 3);
    expect(missingPacks(held, known("b", 1, 3))[0]).toBe(held);
    expect(missingPacks(held, known("a", 1, 3))).toEqual([]);
  });

  it("has the messages with the missing numbers", () => {
    const packs = missingPacks(packOf("a", 1, 4), known("a", 2, 2));
    const numbers = packs.map(({ pack }) => Array.from(pack.messages, ({ payload }) => payload[0]));
    expect(packs.map(({ pack: { number, count }, bytes }) => [number, count, bytes])).toEqual([
      [1, 1, 10],
      [3, 2, 20],
    ]);
    expect(numbers).toEqual([[1], [3, 4]]);
  });
});
