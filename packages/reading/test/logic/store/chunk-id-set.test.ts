import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { describe, expect, it } from "vitest";
import { chunkIdOfBytes } from "../../../src/store/chunk-id-text.ts";
import { ChunkIdSet } from "../../../src/store/chunk-id-set.ts";

const SEED = 20261128;

describe("ChunkIdSet", () => {
  it("has the ids that were added, and no other", () => {
    const next = seededRandom(SEED);
    const ids = new ChunkIdSet();
    const expected = new Set<string>();
    const bytes = new Uint8Array(16);
    for (let round = 0; round < 20_000; round++) {
      // Few bytes differ, as in the ids of one program. Many occur twice, and zero is among them.
      for (const at of [0, 7, 8, 14, 15]) bytes[at] = next(round < 10 ? 1 : 8);
      const id = chunkIdOfBytes(bytes, 0);
      expect(ids.has(id)).toBe(expected.has(id));
      if (next(2) === 0) {
        ids.add(id);
        expected.add(id);
      }
    }
    expect(expected.size).toBeGreaterThan(5000);
    for (const id of expected) expect(ids.has(id)).toBe(true);
    ids.clear();
    for (const id of expected) expect(ids.has(id)).toBe(false);
  });
});
