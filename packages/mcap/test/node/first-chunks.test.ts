import { mcapFile, textChannel, cdrText } from "@rerun-ts/test-support/common/mcap-file";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import zstd from "@foxglove/wasm-zstd";
import { beforeAll, describe, expect, it } from "vitest";
import { firstChunks } from "../../dist/file/first-chunks.js";

const MIB = 1024 * 1024;

/** Finds the chunks, and rejects positions and lengths that no file has, as Node does. */
function find(bytes: Uint8Array): ReturnType<typeof firstChunks> {
  return firstChunks((position, length) => {
    expect(Number.isSafeInteger(position) && position >= 0 && length > 0).toBe(true);
    return bytes.subarray(position, position + length);
  });
}

/** A file of texts, which are random if none is given. */
function fileOf(compression: string, size: number, text?: string, chunkSize = MIB / 4): Promise<Uint8Array> {
  const random = seededRandom(2);
  const compressChunk = (records: Uint8Array): { compression: string; compressedData: Uint8Array } => ({
    compression,
    compressedData: compression === "zstd" ? zstd.compress(records, 1) : records,
  });
  const texts = Array.from({ length: Math.ceil(size / 1000) }, () =>
    cdrText(text ?? String.fromCharCode(...Array.from({ length: 1000 }, () => 33 + random(90)))),
  );
  return mcapFile([textChannel("/a", texts)], { chunkSize, compressChunk });
}

describe("firstChunks", () => {
  beforeAll(() => zstd.isLoaded);

  it("finds the first chunks with zstd, at most 20 MiB, and none above 8 MiB", async () => {
    const bytes = await fileOf("zstd", MIB);
    const chunks = find(bytes);
    expect(chunks.length).toBeGreaterThan(3);
    for (const { position, byteLength, size } of chunks)
      expect(zstd.decompress(bytes.subarray(position, position + byteLength), size)).toHaveLength(size);
    const total = find(await fileOf("zstd", 25 * MIB, "x".repeat(1000))).reduce((sum, { size }) => sum + size, 0);
    expect(total).toBeGreaterThan(15 * MIB);
    expect(total).toBeLessThanOrEqual(20 * MIB);
    expect(find(await fileOf("none", MIB / 2))).toEqual([]);
    // The conversion does not decompress larger chunks in another thread.
    expect(find(await fileOf("zstd", 10 * MIB, "x".repeat(1000), 9 * MIB))).toEqual([]);
  });

  it("ends at damage, and reads no place outside of a file", async () => {
    const bytes = await fileOf("zstd", MIB / 2);
    const whole = find(bytes);
    const random = seededRandom(5);
    for (let trial = 0; trial < 3000; trial++) {
      const damaged = bytes.slice(0, trial % 3 === 0 ? random(bytes.byteLength) : undefined);
      for (let flip = 0; flip < 2; flip++) {
        // Mostly in the heads of records.
        const near = (whole[random(whole.length)]?.position ?? 0) - random(60);
        const at = trial % 2 === 0 ? random(60) : near;
        if (at < damaged.byteLength) damaged[at] = random(256);
      }
      expect(find(damaged).length).toBeLessThanOrEqual(whole.length + 1);
    }
  });
});
