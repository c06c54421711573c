import { ChunkStream, openRrd, type QueryOptions, type RecordingReader } from "@rerun-ts/reading";
import { TimeColumn, type RecordingStream } from "@rerun-ts/core";
import { AnyValues, Clear, Scalars } from "@rerun-ts/types";
import { collect } from "@rerun-ts/test-support/common/collect";
import { describe, expect, it } from "vitest";
import { record } from "../chunks.ts";
import { answerOf } from "./query-answer.ts";
import { QUERY_CASES, recordCase, type QueryCase } from "./query-cases.ts";

async function read(log: (recording: RecordingStream) => void, chunkRows?: number): Promise<RecordingReader> {
  return (await openRrd(record(log, chunkRows))).recording();
}

async function rowsOf(recording: RecordingReader, options: QueryOptions): Promise<unknown> {
  return answerOf(await recording.query(options).toTable()).rows;
}

describe("the rows of a query", () => {
  it.for(Object.keys(QUERY_CASES))("in a range are those that it has without one: %s", async (name) => {
    const recording = (await openRrd(recordCase(QUERY_CASES[name] as QueryCase))).recording();
    for (const fillLatestAt of [true, false]) {
      const options = { index: "f", contents: "/**", fillLatestAt };
      const all = (await rowsOf(recording, options)) as unknown[][];
      const { columns } = answerOf(await recording.query(options).toTable());
      const at = columns.indexOf("f");
      const times = all.map((row) => BigInt(row[at] as string));
      const [first, middle, last] = [times[0], times[times.length >> 1], times.at(-1)] as [bigint, bigint, bigint];
      for (const [from, to] of [
        [first, middle],
        [middle, last],
        [middle, middle],
        [first + 1n, last - 1n],
        [last + 1n, last + 2n],
      ] as const) {
        const inside = all.filter((_, row) => (times[row] as bigint) >= from && (times[row] as bigint) <= to);
        const ranged = (await rowsOf(recording, { ...options, range: { from, to } })) as unknown[][];
        // Times on other timelines are those of what the row shows.
        expect(ranged).toEqual(inside);
      }
    }
  });

  it("are null after a clear by default, and filled across it as in Rerun on request", async () => {
    const recording = await read((log) => {
      log.log("a", new AnyValues({ x: 1 }), { time: { f: 1 } });
      log.log("b", new AnyValues({ x: 2 }), { time: { f: 2 } });
      log.log("a", Clear.flat(), { time: { f: 3 } });
      log.log("b", new AnyValues({ x: 4 }), { time: { f: 4 } });
    });
    const options = { index: "f", fillLatestAt: true };
    expect(await rowsOf(recording, options)).toEqual([
      ["1", [1], null],
      ["2", [1], [2]],
      ["3", [], [2]],
      ["4", null, [4]],
    ]);
    expect(await rowsOf(recording, { ...options, fillAcrossClears: true })).toMatchObject([
      {},
      {},
      {},
      ["4", [1], [4]],
    ]);
    expect(await rowsOf(recording, { index: "f", fillAcrossClears: true })).toMatchObject([
      {},
      {},
      {},
      ["4", null, [4]],
    ]);
  });

  it("are one for the static components", async () => {
    const recording = await read((log) => {
      log.log("a", new AnyValues({ x: 1 }), { static: true });
      log.log("a", new AnyValues({ x: 2 }), { time: { f: 2 } });
      log.log("b", new AnyValues({ x: 3 }), { time: { f: 2 } });
    });
    expect(await rowsOf(recording, { index: null })).toEqual([[null, [1]]]);
    expect(await rowsOf(recording, { index: null, columns: ["/b:x"] })).toEqual([[null, null]]);
  });

  it("are none without a column", async () => {
    const recording = await read((log) => log.log("a", new AnyValues({ x: 1 }), { static: true }));
    expect(await rowsOf(recording, { index: null, contents: [] })).toEqual([]);
    expect(await rowsOf(recording, { index: null })).toEqual([[[1]]]);
  });
});

describe("static values", () => {
  const newest: readonly [string, (log: RecordingStream) => void][] = [
    ["logged one by one", (log) => [1, 2, 3].map((x) => log.log("a", new AnyValues({ x }), { static: true }))],
    [
      "with a null in the newest row",
      (log) => {
        for (const values of [{ x: 1 }, { x: 3 }, { y: 1 }]) log.log("a", new AnyValues(values), { static: true });
      },
    ],
  ];
  for (const chunkRows of [1, 2, 3])
    it.for(newest)(`are the newest ones: %s, ${chunkRows} in a chunk`, async ([, log]) => {
      const recording = await read(log, chunkRows);
      expect(await rowsOf(recording, { index: null, columns: ["/a:x"] })).toEqual([[[3]]]);
    });
});

it.for(["lazy", "stream"] as const)("static nulls do not hide values with times: %s", async (mode) => {
  const source = await read((log) => {
    for (const values of [{ x: 1 }, { y: 2 }]) log.log("a", new AnyValues(values), { static: true });
    for (const f of [1, 2]) log.log("a", new AnyValues({ x: f, y: f }), { time: { f } });
  });
  // Leaves a null in the column of the other row.
  const chunks = ChunkStream.from(source.chunks()).map((chunk) => (chunk.isStatic ? chunk.slice(0, 1) : chunk));
  const bytes = await collect(chunks.encode({ applicationId: "unit" }));
  const recording = (await openRrd(bytes, { mode })).recording();
  for (const fillLatestAt of [true, false])
    expect(await rowsOf(recording, { index: "f", fillLatestAt })).toEqual([
      ["1", [1], [1]],
      ["2", [1], [2]],
    ]);
  expect(await rowsOf(recording, { index: "f", usingIndexValues: [9], fillLatestAt: true })).toEqual([["9", [1], [2]]]);
  expect(await rowsOf(recording, { index: null })).toEqual([[null, [1], null]]);
});

describe("a column with several types", () => {
  const log = (recording: RecordingStream): void => {
    recording.log("a", new AnyValues({ x: 1 }), { time: { f: 1 } });
    recording.log("a", new AnyValues({ x: "two" }), { time: { f: 2 } });
  };

  it("is rejected, unless other types than the first are left out", async () => {
    const recording = await read(log);
    await expect(rowsOf(recording, { index: "f" })).rejects.toMatchObject({
      code: "INVALID_FORMAT",
      message: expect.stringMatching(
        /^the column \/a:x has the type .*, but .* in some chunks; leave these out/,
      ) as unknown,
    });
    expect(await rowsOf(recording, { index: "f", typeConflicts: "skip" })).toEqual([["1", [1]]]);
    expect(await rowsOf(recording, { index: "f", typeConflicts: "skip", usingIndexValues: [2] })).toEqual([
      ["2", null],
    ]);
  });

  it("is filled with the latest value of the first type", async () => {
    const recording = await read((stream) => {
      log(stream);
      stream.log("b", new Scalars(1), { time: { f: 5 } });
    }, 1);
    const filled = { index: "f", columns: ["/a:x"], typeConflicts: "skip", fillLatestAt: true } as const;
    expect(await rowsOf(recording, { ...filled, usingIndexValues: [2, 9] })).toEqual([
      ["2", [1]],
      ["9", [1]],
    ]);
    const latest = await recording.latestAt({ index: "f", at: 9, contents: "/a", typeConflicts: "skip" });
    expect(latest["/a:x"]?.toJSON()).toEqual([1]);
  });

  it("is left out of static values, too", async () => {
    const recording = await read((stream) => {
      stream.log("a", new AnyValues({ x: 1 }), { static: true });
      stream.log("a", new AnyValues({ x: "two" }), { static: true });
    });
    await expect(rowsOf(recording, { index: null })).rejects.toMatchObject({ code: "INVALID_FORMAT" });
    expect(await rowsOf(recording, { index: null, typeConflicts: "skip" })).toEqual([[[1]]]);
  });
});

it("a query reads only the chunks whose times it needs", async () => {
  const bytes = record((recording) => {
    for (let f = 0; f < 40; f++)
      recording.sendColumns("a", [TimeColumn.sequence("f", [f])], Scalars.columns({ scalars: [f] }));
  });
  // What lies between is not read at once.
  const reads: number[] = [];
  const file = await openRrd(
    { size: bytes.byteLength, read: (start, length) => (reads.push(length), bytes.slice(start, start + length)) },
    { maxCacheBytes: 0 },
  );
  const lengthOf = async (options: Partial<QueryOptions>): Promise<number> => {
    reads.length = 0;
    await file
      .recording()
      .query({ index: "f", ...options })
      .toTable();
    return reads.reduce((sum, length) => sum + length, 0);
  };
  const all = await lengthOf({});
  expect(await lengthOf({ range: { from: 10, to: 10 } })).toBeLessThan(all / 30);
  expect(await lengthOf({ usingIndexValues: [10, 11] })).toBeLessThan(all / 15);
  expect(await lengthOf({ range: { from: 99 } })).toBe(0);
});
