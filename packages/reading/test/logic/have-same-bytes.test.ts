import { describe, expect, it } from "vitest";
import { haveSameBytes } from "../../dist/source/have-same-bytes.js";
import type { OpenSource } from "../../src/source/random-access.ts";

const SIZE = 2 * 1024 * 1024 + 3;

function fileOf(bytes: Uint8Array): OpenSource {
  return {
    size: bytes.byteLength,
    read: (start, length) => bytes.slice(start, start + length),
    readInto: async (target, start) => target.set(bytes.subarray(start, start + target.byteLength)),
  };
}

describe("comparing the bytes of two files", () => {
  it("finds a difference in any byte, and in the length", async () => {
    const bytes = Uint8Array.from({ length: SIZE }, (_, index) => index);
    const isSame = (other: Uint8Array): Promise<boolean> => haveSameBytes(fileOf(bytes), fileOf(other), {});
    expect(await isSame(bytes.slice())).toBe(true);
    for (const place of [0, 1, 3, 1024 * 1024 - 1, 1024 * 1024, SIZE - 4, SIZE - 1]) {
      const other = bytes.slice();
      other[place] = (other[place] as number) + 1;
      expect(await isSame(other), `byte ${place}`).toBe(false);
    }
    expect(await isSame(bytes.subarray(0, SIZE - 1))).toBe(false);
    expect(await haveSameBytes(fileOf(new Uint8Array(0)), fileOf(new Uint8Array(0)), {})).toBe(true);
  });

  it("does not read other sources, and ends when it is aborted", async () => {
    const bytes = new Uint8Array(10);
    const remote: OpenSource = { size: 10, read: () => Promise.reject(new Error("was read")) };
    expect(await haveSameBytes(remote, fileOf(bytes), {})).toBe(false);
    expect(await haveSameBytes(fileOf(bytes), remote, {})).toBe(false);
    await expect(haveSameBytes(fileOf(bytes), fileOf(bytes), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "ABORTED",
    });
  });
});
