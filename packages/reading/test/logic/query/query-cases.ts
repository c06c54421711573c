// Recordings and queries of them. `query-answers.json` beside this file has what Rerun's own query engine answers:
// `npm run conformance -- --update` writes it, and the conformance tests check that it is up to date.
import type { QueryOptions } from "@rerun-ts/reading";
import { RecordingStream, TimeColumn, type TimeValue } from "@rerun-ts/core";
import { AnyValues, Clear, Scalars, TextLog } from "@rerun-ts/types";

/** A recording, and queries of it by name. */
export interface QueryCase {
  /** How many rows a chunk has. */
  readonly chunkRows: number;
  readonly record: (recording: RecordingStream) => void;
  readonly queries: Readonly<Record<string, QueryOptions>>;
}

/** Times by their timelines: `f` and `g` are sequences, `t` has seconds, `d` has milliseconds. */
type Times = Readonly<Partial<Record<"f" | "g" | "t" | "d", number | bigint>>>;

/** The bytes of a case's recording. */
export function recordCase({ chunkRows, record }: QueryCase): Uint8Array {
  const recording = new RecordingStream("queries", {
    recordingId: "queries",
    strict: true,
    logTime: false,
    sendProperties: false,
    batcher: { flushNumRows: chunkRows },
  });
  const memory = recording.memoryRecording();
  record(recording);
  return memory.drainAsBytes();
}

/** Logs one row: values of components by their names, or an archetype. */
function row(
  recording: RecordingStream,
  entity: string,
  times: Times | "static",
  values: Readonly<Record<string, number | string | null>> | Clear | Scalars | TextLog,
): void {
  const isArchetype = values instanceof Clear || values instanceof Scalars || values instanceof TextLog;
  const components = isArchetype ? values : new AnyValues(values);
  if (times === "static") return recording.log(entity, components, { static: true });
  const { t, d, ...sequences } = times;
  const time: Record<string, TimeValue> = { ...sequences };
  if (t !== undefined) time["t"] = { timestamp: { seconds: Number(t) } };
  if (d !== undefined) time["d"] = { duration: { millis: Number(d) } };
  recording.log(entity, components, { time });
}

const flat = Clear.flat();
const recursive = Clear.recursive();
const times = (...values: number[]): BigInt64Array => BigInt64Array.from(values, BigInt);
const all = { includeSemanticallyEmptyColumns: true, includeTombstoneColumns: true };

export const QUERY_CASES: Readonly<Record<string, QueryCase>> = {
  "rows that were not logged in the order of time": {
    chunkRows: 3,
    record(recording) {
      for (const [at, f] of [5, 3, 9, 1, 7, 4, 12, 2, 8].entries()) row(recording, "a", { f }, { x: at });
      // Sorted rows of another entity, whose chunks overlap.
      for (const [at, f] of [1, 4, 9, 2, 5, 8, 3, 6, 7].entries()) row(recording, "b", { f }, { x: at });
    },
    queries: {
      all: { index: "f" },
      one: { index: "f", contents: "/a" },
      filled: { index: "f", fillLatestAt: true },
      resampled: { index: "f", usingIndexValues: times(0, 3, 6, 9, 11, 13), fillLatestAt: true },
      exact: { index: "f", usingIndexValues: times(0, 3, 6, 9, 11, 13) },
    },
  },

  "several rows at one time": {
    chunkRows: 3,
    record(recording) {
      row(recording, "a", { f: 5 }, { x: 1 });
      row(recording, "a", { f: 6 }, { x: 2 });
      row(recording, "a", { f: 6 }, { x: 3 });
      // This chunk begins earlier than the one before, which has older rows.
      row(recording, "a", { f: 1 }, { x: 4 });
      row(recording, "a", { f: 5 }, { x: 5 });
      row(recording, "a", { f: 6 }, { x: 6 });
      row(recording, "a", { f: 6 }, { y: 7 });
      row(recording, "a", { f: 6 }, { y: 8 });
      row(recording, "a", { f: 6 }, { x: 9 });
      row(recording, "b", { f: 6 }, { x: 10 });
      row(recording, "b", { f: 6 }, { x: 11 });
      row(recording, "b", { f: 6 }, { x: 12 });
      row(recording, "b", { f: 6 }, { x: 13 });
      row(recording, "b", { f: 7 }, { x: 14 });
    },
    queries: {
      all: { index: "f" },
      filled: { index: "f", fillLatestAt: true },
      resampled: { index: "f", usingIndexValues: times(4, 6, 8), fillLatestAt: true },
    },
  },

  "nulls between values": {
    chunkRows: 20,
    record(recording) {
      for (let f = 0; f < 12; f++) row(recording, "a", { f }, f % 4 === 1 ? { x: f, z: "s" } : { y: f });
      row(recording, "b", { f: 3 }, { x: 30, y: null });
      row(recording, "b", { f: 5 }, { y: 50 });
      row(recording, "b", { f: 8 }, { y: null, x: null });
      row(recording, "b", { f: 9 }, { x: 90 });
    },
    queries: {
      all: { index: "f" },
      filled: { index: "f", fillLatestAt: true },
      everything: { index: "f", fillLatestAt: true, ...all },
      early: { index: "f", usingIndexValues: times(-3, 0, 1), fillLatestAt: true },
      few: { index: "f", usingIndexValues: times(4, 8), fillLatestAt: true },
      late: { index: "f", usingIndexValues: times(10, 11, 15, 20), fillLatestAt: true },
      one: { index: "f", usingIndexValues: times(3) },
      none: { index: "f", usingIndexValues: times(), fillLatestAt: true },
    },
  },

  "static values": {
    chunkRows: 2,
    record(recording) {
      row(recording, "a", "static", { x: 1 });
      row(recording, "a", "static", { x: 2, y: 3 });
      row(recording, "a", "static", { y: 4 });
      row(recording, "a", "static", { x: 5 });
      row(recording, "a", { f: 1 }, { x: 6, w: 7 });
      row(recording, "b", { f: 1 }, { x: 8 });
      row(recording, "b", { f: 2 }, { x: 9 });
      row(recording, "b", "static", { z: 10 });
      row(recording, "c", "static", new Scalars(11));
    },
    queries: {
      all: { index: "f" },
      filled: { index: "f", fillLatestAt: true },
      static: { index: null },
      "static of one": { index: null, contents: "/a" },
      "static of none": { index: null, contents: "/b", ...all },
      resampled: { index: "f", usingIndexValues: times(0, 2), fillLatestAt: true },
    },
  },

  "clears of one entity": {
    chunkRows: 3,
    record(recording) {
      for (const entity of ["a", "a/b", "ab"]) {
        row(recording, entity, { f: 1 }, { x: 1 });
        row(recording, entity, { f: 4 }, { x: 4 });
        row(recording, entity, { f: 7 }, { x: 7 });
      }
      row(recording, "a", { f: 3 }, flat);
      row(recording, "a", { f: 7 }, flat);
      row(recording, "a/b", { f: 9 }, flat);
    },
    queries: {
      all: { index: "f" },
      filled: { index: "f", fillLatestAt: true },
      everything: { index: "f", fillLatestAt: true, ...all },
      below: { index: "f", contents: "/a/b" },
      resampled: { index: "f", usingIndexValues: times(2, 3, 5, 8, 10), fillLatestAt: true },
    },
  },

  "clears of all below": {
    chunkRows: 20,
    record(recording) {
      for (const entity of ["a", "a/b", "a/b/c", "ab"]) {
        row(recording, entity, { f: 1 }, { x: 1, y: "one" });
        row(recording, entity, { f: 6 }, { x: 6 });
      }
      row(recording, "a", { f: 3 }, recursive);
      row(recording, "a", { f: 5 }, recursive);
      row(recording, "a/b", { f: 6 }, recursive);
    },
    queries: {
      all: { index: "f" },
      filled: { index: "f", fillLatestAt: true },
      other: { index: "f", contents: "/ab", fillLatestAt: true },
      below: { index: "f", contents: "/a/b/c", fillLatestAt: true },
    },
  },

  "clears of the whole recording": {
    chunkRows: 20,
    record(recording) {
      row(recording, "a", { f: 1 }, { x: 1 });
      row(recording, "a/b", { f: 2 }, { x: 2 });
      row(recording, "/", { f: 3 }, recursive);
      row(recording, "a", { f: 5 }, { x: 5 });
    },
    queries: { all: { index: "f" }, filled: { index: "f", fillLatestAt: true } },
  },

  "clears that are static": {
    chunkRows: 20,
    record(recording) {
      row(recording, "a", { f: 1 }, { x: 1 });
      row(recording, "a", { f: 3 }, { x: 3 });
      row(recording, "a", { f: 2 }, flat);
      row(recording, "a", "static", flat);
    },
    queries: { all: { index: "f" }, everything: { index: "f", ...all } },
  },

  "several timelines": {
    chunkRows: 4,
    record(recording) {
      row(recording, "a", { f: 1, g: 10, t: 3, d: 500 }, { x: 1 });
      row(recording, "a", { f: 2, g: 8, t: 5 }, { x: 2 });
      row(recording, "a", { g: 9, t: 1 }, { x: 3 });
      row(recording, "b", { f: 1, g: 20, d: -3 }, { x: 4 });
      row(recording, "b", { f: 2, g: 4, t: 4 }, { x: 5 });
      row(recording, "b", { f: 3, t: 2 }, { y: 6 });
      row(recording, "a", { f: 3, g: 7 }, flat);
      for (let f = 10; f < 90; f++) row(recording, "c", { f, g: 1000 - f }, { x: f });
    },
    queries: {
      f: { index: "f", contents: ["/a", "/b"] },
      g: { index: "g", contents: ["/a", "/b"], fillLatestAt: true },
      t: { index: "t" },
      d: { index: "d" },
      long: { index: "f", fillLatestAt: true, contents: ["/b", "/c"] },
    },
  },

  "times that are far apart": {
    chunkRows: 2,
    record(recording) {
      const far = 2n ** 62n;
      for (const [at, f] of [far, 0, -far, 7, far + 1n, -1, far - 1n, 2n ** 53n + 1n, 2n ** 53n].entries())
        row(recording, "a", { f, t: at * 40_000_000, g: 2n ** 52n - 3n + BigInt(at) }, { x: at });
      row(recording, "b", { f: 7, t: 90, g: 2n ** 53n }, { x: 9 });
      row(recording, "b", { f: -far, t: 40_000_000 }, { x: 10 });
    },
    queries: {
      all: { index: "f" },
      filled: { index: "f", fillLatestAt: true },
      t: { index: "t" },
      g: { index: "g" },
      resampled: {
        index: "f",
        usingIndexValues: BigInt64Array.of(-(2n ** 62n) - 5n, 8n, 2n ** 53n + 1n, 2n ** 62n),
        fillLatestAt: true,
      },
    },
  },

  "columns that are empty, cleared or of other entities": {
    chunkRows: 20,
    record(recording) {
      row(recording, "a10", { f: 1 }, new TextLog("ten"));
      row(recording, "a2", { f: 1 }, { x: 2, A: 1 });
      row(recording, "a2/b", { f: 2 }, new Scalars([1, 2]));
      row(recording, "a2/b", { f: 3 }, new Scalars([]));
      row(recording, "Z", { f: 3 }, new Scalars([]));
      row(recording, "p\\ q", { f: 4 }, { x: 3 });
      row(recording, "a2", { f: 5 }, flat);
      row(recording, "__properties", "static", { owner: "me" });
      row(recording, "__properties/run", "static", { number: 7 });
    },
    queries: {
      all: { index: "f" },
      everything: { index: "f", ...all },
      empty: { index: "f", includeSemanticallyEmptyColumns: true },
      tombstones: { index: "f", includeTombstoneColumns: true },
      below: { index: "f", contents: "/a2/**" },
      "all but one": { index: "f", contents: ["/**", "-/a2"] },
      "all but those below": { index: "f", contents: ["/**", "-/a2/**", "+/a2/b"] },
      properties: { index: "f", contents: "/__properties/**" },
      "one property": { index: null, contents: ["/__properties"] },
      nothing: { index: "f", contents: [] },
    },
  },

  "rows that were sent as columns": {
    chunkRows: 20,
    record(recording) {
      const send = (f: readonly number[], first: number): void => {
        const scalars = f.map((_, at) => first + at);
        recording.sendColumns("a", [TimeColumn.sequence("f", f)], Scalars.columns({ scalars }));
      };
      send([0, 1, 2, 3], 0);
      send([4, 5, 6], 10);
      send([6, 6, 7, 7], 20);
      send([3, 9, 8], 30);
    },
    queries: {
      all: { index: "f" },
      resampled: { index: "f", usingIndexValues: times(5, 6, 7, 8, 9, 10), fillLatestAt: true },
    },
  },

  "many rows of few times": {
    chunkRows: 5,
    record(recording) {
      // The remainders of a generator of 7 bits: the rows look random, and are always the same.
      let state = 11;
      const next = (below: number): number => (state = (state * 69 + 41) % 128) % below;
      for (let step = 0; step < 90; step++) {
        const entity = ["a", "a/b", "c"][next(3)] as string;
        const f = next(13);
        if (next(9) === 0) row(recording, entity, { f }, flat);
        else row(recording, entity, { f, g: next(50) }, next(2) === 0 ? { x: step } : { y: step, x: null });
      }
    },
    queries: {
      all: { index: "f" },
      filled: { index: "f", fillLatestAt: true },
      g: { index: "g", fillLatestAt: true, contents: ["/a", "/c"] },
      resampled: { index: "f", usingIndexValues: times(2, 5, 7, 11), fillLatestAt: true },
    },
  },
};
