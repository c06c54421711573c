import { compareRrd, openRrd, type RecordingReader } from "@rerun-ts/reading";
import { RecordingStream, TimeColumn } from "@rerun-ts/core";
import { AnyValues, Points3D, Scalars, TextLog } from "@rerun-ts/types";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { describe, expect, it } from "vitest";
import { EntityComparison } from "../../../dist/compare/compare-entity.js";
import { ComparedChunk } from "../../../dist/compare/compared-chunk.js";
import { CountedLayouts } from "../../../dist/compare/counted-layout.js";
import { equalEntities } from "../../../dist/compare/equal-entities.js";
import type { ChunkData } from "../../../dist/store/chunk-data.js";

const NUMBERS = [0, -0, NaN, 1, 2, Infinity];
const counts = (name: string): boolean => name !== "log_time";

/** What declarations leave out. */
interface InternalReader {
  rowsOf(entityPath: string, options: object): AsyncIterable<ChunkData>;
}

interface Row {
  entity: string;
  frame: number;
  kind: number;
  value: number;
  isStatic: boolean;
  isLastOfChunk: boolean;
}

function randomRows(random: (below: number) => number): Row[] {
  return Array.from({ length: 20 }, () => ({
    entity: `e${random(3)}`,
    frame: random(6),
    kind: random(4),
    value: NUMBERS[random(NUMBERS.length)] as number,
    isStatic: random(6) === 0,
    isLastOfChunk: random(3) === 0,
  }));
}

function record(rows: readonly Row[]): Uint8Array {
  const recording = new RecordingStream("compare", { strict: true, compression: "none", batcher: { flushNumRows: 4 } });
  const memory = recording.memoryRecording();
  for (const { entity, frame, kind, value, isStatic, isLastOfChunk } of rows) {
    recording.setTime("frame", frame);
    const values = [
      new Scalars([value, 3]),
      new TextLog(`${value}`),
      new Points3D([[value, 1, 2]]),
      new AnyValues({ a: value, isPositive: value > 0 }),
    ][kind] as Scalars;
    recording.log(entity, values, { static: isStatic });
    if (isLastOfChunk) void recording.flush();
  }
  return memory.drainAsBytes();
}

async function readerOf(bytes: Uint8Array): Promise<RecordingReader> {
  return (await openRrd(bytes)).recording();
}

/** The number of rows and of differences, by comparing each row. */
async function compareByRows(actual: Uint8Array, expected: Uint8Array): Promise<unknown> {
  const readers = [await readerOf(actual), await readerOf(expected)] as const;
  const layouts = new CountedLayouts(counts);
  async function* chunksOf(reader: RecordingReader, path: string): AsyncGenerator<ComparedChunk, void> {
    const chunks = (reader as unknown as InternalReader).rowsOf(path, {});
    for await (const chunk of chunks) yield new ComparedChunk(chunk, layouts.of(chunk.layout));
  }
  let [numRows, numDifferences] = [0, 0];
  const paths = new Set(readers.flatMap((reader) => reader.schema().entityPaths));
  for (const path of [...paths].filter((one) => !one.startsWith("/__properties"))) {
    const comparison = new EntityComparison(path, 0, () => numDifferences++);
    const [first, second] = readers.map((reader) => chunksOf(reader, path)) as [
      AsyncGenerator<ComparedChunk, void>,
      AsyncGenerator<ComparedChunk, void>,
    ];
    numRows += await comparison.compareAll(first, second);
  }
  return { numRows, numDifferences };
}

async function outcome(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

const withoutProperties = { ignore: ["log_time", "/__properties/**"] };

async function compare(actual: Uint8Array, expected: Uint8Array): Promise<unknown> {
  const { numRows, numDifferences } = await compareRrd(actual, expected, withoutProperties);
  return { numRows, numDifferences };
}

describe("chunks that are equal but for their ids", () => {
  it("have the result of their rows, whatever differs", async () => {
    const random = seededRandom(75);
    const change: readonly ((rows: Row[], row: Row, other: Row) => void)[] = [
      () => {},
      (_, row) => (row.value = NUMBERS[random(NUMBERS.length)] as number),
      (_, row) => row.frame++,
      (_, row) => (row.isStatic = !row.isStatic),
      (_, row) => (row.isLastOfChunk = !row.isLastOfChunk),
      (rows, row) => rows.splice(rows.indexOf(row), 1),
      (_, row, other) => ([row.value, other.value] = [other.value, row.value]),
      (_, row, other) => ([row.entity, other.entity] = [other.entity, row.entity]),
    ];
    for (let round = 0; round < 64; round++) {
      const rows = randomRows(random);
      const changed = structuredClone(rows);
      change[round % change.length]?.(changed, changed[random(20)] as Row, changed[random(20)] as Row);
      const [actual, expected] = [record(rows), record(changed)];
      expect(await compare(actual, expected), `round ${round}`).toEqual(await compareByRows(actual, expected));
    }
  });

  it("have the errors of their rows if both are damaged in the same way", async () => {
    const random = seededRandom(76);
    let errors = 0;
    for (let round = 0; round < 150; round++) {
      const bytes = record(randomRows(random).slice(0, 4));
      const place = random(bytes.byteLength);
      bytes[place] = (bytes[place] as number) ^ (1 << random(8));
      const expected = await outcome(() => compareByRows(bytes, bytes.slice()));
      if (typeof expected === "string") errors++;
      expect(await outcome(() => compare(bytes, bytes.slice())), `round ${round}`).toEqual(expected);
      // A copy of a file is compared as the file with itself.
      const itself = async (): Promise<unknown> => {
        const reader = await readerOf(bytes);
        const { numRows, numDifferences } = await compareRrd(reader, reader, withoutProperties);
        return { numRows, numDifferences };
      };
      expect(await outcome(itself), `round ${round}`).toEqual(expected);
    }
    expect(errors).toBeGreaterThan(10);
  });

  it("are found in copies, second runs, and beside a changed entity", async () => {
    const rows = randomRows(seededRandom(77));
    const [bytes, again] = [record(rows), record(rows)];
    const other = record(rows.map((row) => (row.entity === "e1" ? { ...row, frame: row.frame + 1 } : row)));
    const find = async (actual: Uint8Array, expected: Uint8Array): Promise<readonly string[]> => {
      const readers = [await readerOf(actual), await readerOf(expected)] as const;
      const isData = (path: string): boolean => !path.startsWith("/__properties");
      return [...(await equalEntities(...readers, isData, new CountedLayouts(counts), {})).keys()].sort();
    };
    expect(await find(bytes, bytes.slice())).toEqual(["/e0", "/e1", "/e2"]);
    expect(await find(bytes, again)).toEqual(["/e0", "/e1", "/e2"]);
    expect(await find(bytes, other)).toEqual(["/e0", "/e2"]);
  });

  it("differ if lists of the same items are divided differently, or are null in place of empty", async () => {
    const listsOf = (...lengths: readonly (number | null)[]): Uint8Array => {
      const recording = new RecordingStream("compare", { strict: true });
      const memory = recording.memoryRecording();
      const frames = TimeColumn.sequence("frame", [0, 1, 2]);
      recording.sendColumns("a", frames, Scalars.columns({ scalars: [1, 2, 3] }).partition(lengths));
      return memory.drainAsBytes();
    };
    const all = [listsOf(1, 1, 1), listsOf(2, 0, 1), listsOf(2, null, 1)];
    for (const [index, actual] of all.entries())
      for (const [other, expected] of all.entries())
        expect((await compareRrd(actual, expected)).isEqual, `${index}, ${other}`).toBe(index === other);
  });

  it("differ if one is static", async () => {
    const row = { entity: "e", frame: 1, kind: 0, value: 1, isLastOfChunk: true };
    const ignore = ["frame", "log_time", "log_tick", ...withoutProperties.ignore];
    const [timed, fixed] = [record([{ ...row, isStatic: false }]), record([{ ...row, isStatic: true }])];
    expect((await compareRrd(timed, timed.slice(), { ignore })).isEqual).toBe(true);
    expect((await compareRrd(timed, fixed, { ignore })).isEqual).toBe(false);
  });

  it("are not skipped if their ids order rows of the same times differently", async () => {
    const rows = (values: readonly number[]): Row[] =>
      values.map((value) => ({ entity: "e", frame: 1, kind: 0, value, isStatic: false, isLastOfChunk: true }));
    const [first, second] = [record(rows([1, 2])), record(rows([1, 2]))];
    // The chunks of the second recording trade places, so the row with the later id comes first.
    const exchanged = swapChunks(record(rows([2, 1])));
    const ignore = [...withoutProperties.ignore, "log_tick"];
    expect(await compareRrd(first, second, { ignore })).toMatchObject({ numDifferences: 0 });
    expect(await compareRrd(exchanged, first, { ignore })).toMatchObject({ numDifferences: 2 });
  });
});

/** A stream without footer in which the first two chunks of `/e` have traded places. */
function swapChunks(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const messages: Uint8Array[] = [];
  for (let start = 12; view.getUint8(start) === 1 || view.getUint8(start) === 2;) {
    const end = start + 16 + view.getUint32(start + 8, true);
    messages.push(bytes.subarray(start, end));
    start = end;
  }
  const last = messages.splice(-2);
  return new Uint8Array(Buffer.concat([bytes.subarray(0, 12), ...messages, ...last.toReversed()]));
}
