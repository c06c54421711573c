import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compareRrd, optimizeRrd } from "@rerun-ts/reading";
import { RecordingStream } from "@rerun-ts/core";
import { collect } from "@rerun-ts/test-support/common/collect";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { Scalars, TextLog } from "@rerun-ts/types";
import { afterAll, expect, test } from "vitest";
import { MAX_PLACES, PlaceReader } from "../../dist/source/place-reader.js";
import type { Place } from "../../src/source/place-groups.ts";
import type { OpenSource } from "../../src/source/random-access.ts";

const SEED = 7;
const MIB = 1024 * 1024;

const folder = makeTemporaryFolder();
afterAll(folder.remove);

/** A source of numbers that tell where they are. Counts its reads. */
class CountingSource implements OpenSource {
  readonly size: number = 80 * MIB + 12_345;
  reads = 0;

  read(start: number, length: number): Uint8Array {
    this.reads++;
    const first = Math.floor(start / 4);
    const words = new Uint32Array(Math.ceil(length / 4) + 1);
    for (let index = 0; index < words.length; index++) words[index] = first + index;
    return new Uint8Array(words.buffer, start - 4 * first, length);
  }

  readonly readInto = async (target: Uint8Array, start: number): Promise<void> => {
    target.set(this.read(start, target.byteLength));
  };
}

function byteAt(offset: number): number {
  return (Math.floor(offset / 4) >> (8 * (offset % 4))) & 255;
}

test("reads each wanted place, in few reads where places are close, also in memory that is used again", async () => {
  console.info(`seed ${SEED}`);
  const next = seededRandom(SEED);
  const source = new CountingSource();
  const reader = new PlaceReader(source, {});
  for (let from = 0; from < source.size; from += 11 * MIB) {
    // Some places lie alone, some in two blocks, and the last ones in the rest at the end.
    const places = Array.from({ length: MAX_PLACES }, () => {
      const offset = Math.min(from + next(12 * MIB), source.size - 1);
      return { offset, length: Math.min(next(next(20) === 0 ? 200_000 : 3000), source.size - offset) };
    });
    const before = source.reads;
    const found = await reader.readTogether(places);
    for (const [index, { offset, length }] of places.entries()) {
      const bytes = found[index] as Uint8Array;
      expect(bytes.byteLength).toBe(length);
      for (let at = 0; at < length; at += 97)
        if (bytes[at] !== byteAt(offset + at)) expect(bytes[at]).toBe(byteAt(offset + at));
    }
    expect(source.reads - before).toBeLessThan(60);
  }
});

test("reads neighbours together, and places that are far from each other by themselves", async () => {
  const source = new CountingSource();
  const next = seededRandom(SEED);
  const groups = Array.from({ length: 40 }, (_, group) =>
    Array.from({ length: 30 }, (__, index) => ({ offset: group * 2 * MIB + index * 3000, length: 1 + next(3000) })),
  );
  // In the order of entities, whose chunks are in all groups.
  const places = Array.from({ length: 30 }, (_, index) => groups.map((group) => group[index] as Place)).flat();
  const found = await new PlaceReader(source, {}).readNeighbours([...places, { offset: source.size - 1, length: 1 }]);
  for (const [index, { offset, length }] of places.entries()) {
    const bytes = found[index] as Uint8Array;
    expect(bytes.byteLength).toBe(length);
    for (const at of [0, length >> 1, length - 1]) expect(bytes[at]).toBe(byteAt(offset + at));
  }
  expect(found.at(-1)?.[0]).toBe(byteAt(source.size - 1));
  expect(source.reads).toBe(groups.length + 1);
});

test("passes places on in the order of the source, in few reads, with and without memory that is used again", async () => {
  const next = seededRandom(SEED);
  const places = Array.from({ length: 3000 }, () => ({ offset: next(40 * MIB), length: 1 + next(3000) }));
  // Larger than the memory that is used again.
  places.push({ offset: 41 * MIB, length: 3 * MIB });
  for (const isReused of [true, false]) {
    const source = new CountingSource();
    const { size } = source;
    const reader = new PlaceReader(
      isReused ? source : { size, read: (start, length) => source.read(start, length) },
      {},
    );
    let last = -1;
    const found = new Set<number>();
    await reader.readEach(places, (bytes, index) => {
      const { offset, length } = places[index] as Place;
      found.add(index);
      expect(offset).toBeGreaterThanOrEqual(last);
      last = offset;
      expect(bytes.byteLength).toBe(length);
      for (const at of [0, length >> 1, length - 1]) expect(bytes[at]).toBe(byteAt(offset + at));
    });
    expect(found.size).toBe(places.length);
    expect(source.reads).toBeLessThan(60);
    // The error of the function, also while the next group is read.
    const error = new Error("no more");
    let calls = 0;
    const failing = reader.readEach(places, () => {
      if (++calls > 100) throw error;
    });
    await expect(failing).rejects.toBe(error);
  }
});

test("keeps what a call has read while it reads more blocks than are kept", async () => {
  const source = new CountingSource();
  const reader = new PlaceReader(source, {});
  const inBlock = (block: number, count: number): Place[] =>
    Array.from({ length: count }, (_, index) => ({ offset: block * MIB + index * 2000, length: 1000 }));
  const blocks = (from: number, to: number, count: number): Place[] =>
    Array.from({ length: to - from }, (_, index) => inBlock(from + index, count)).flat();
  for (const [from, to] of [
    [0, 20],
    [20, 40],
    [40, 48],
  ] as const)
    await reader.readTogether(blocks(from, to, 12));
  // Forty blocks that are kept, and then eighteen that are not.
  const places = [...blocks(0, 40, 1), ...blocks(48, 66, 12)];
  const found = await reader.readTogether(places);
  expect(found.map((bytes) => bytes[2])).toEqual(places.map(({ offset }) => byteAt(offset + 2)));
});

test("optimizes a file of small chunks of several entities, with and without compression", async () => {
  for (const compression of ["none", "lz4"] as const) {
    const rec = new RecordingStream("places", { compression, batcher: { flushNumRows: 0 } });
    const memory = rec.memoryRecording();
    for (let frame = 0; frame < 2500; frame++) {
      rec.setTime("frame", frame);
      rec.log(`values/${frame % 5}`, new Scalars(frame));
      if (frame % 50 === 0) rec.log("log", new TextLog(`frame ${frame} `.repeat(60)));
    }
    const bytes = memory.drainAsBytes();
    const path = join(folder.path, `${compression}.rrd`);
    await writeFile(path, bytes);
    const optimized = await collect(optimizeRrd(path));
    expect((await compareRrd(bytes, optimized)).isEqual).toBe(true);
    expect(optimized.byteLength).toBeLessThan(bytes.byteLength / 4);
  }
});
