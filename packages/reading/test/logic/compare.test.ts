import { ChunkStream, compareRrd, openRrd, optimizeRrd, type Chunk, type CompareOptions } from "@rerun-ts/reading";
import { RecordingStream } from "@rerun-ts/core";
import { AnyValues, Points3D, Scalars, TextLog, Transform3D } from "@rerun-ts/types";
import { collect } from "@rerun-ts/test-support/common/collect";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { describe, expect, it } from "vitest";

/** Records what a function logs. */
function record(log: (recording: RecordingStream) => void, flushNumRows = 3, recordingId?: string): Uint8Array {
  const recording = new RecordingStream("compare", { recordingId, strict: true, batcher: { flushNumRows } });
  const memory = recording.memoryRecording();
  log(recording);
  return memory.drainAsBytes();
}

function scene(recording: RecordingStream): void {
  recording.log("notes", new TextLog("static"), { static: true });
  for (let frame = 0; frame < 20; frame++) {
    recording.setTime("frame", frame);
    recording.log("a", new Scalars(frame / 3));
    recording.log("points", new Points3D([[frame, 1, 2]], { colors: [frame, 0, 0] }));
    if (frame % 2 === 0) recording.log("arm", new Transform3D({ translation: [frame, 0, 0] }));
    recording.log("any", new AnyValues({ text: `${frame}`, flag: frame > 3, list: [frame, 1] }));
  }
}

/** The reasons of the differences. */
async function reasons(actual: Uint8Array, expected: Uint8Array, options?: CompareOptions): Promise<string[]> {
  const { isEqual, numDifferences, differences } = await compareRrd(actual, expected, options);
  expect(isEqual).toBe(numDifferences === 0);
  return differences.map(({ reason }) => reason);
}

describe("compareRrd", () => {
  it("finds the same rows in other chunks, orders and recordings", async () => {
    const expected = record(scene, 100);
    expect(await reasons(record(scene, 1), expected)).toEqual([]);
    const reversed = record((recording) => {
      for (let frame = 19; frame >= 0; frame--) {
        recording.setTime("frame", frame);
        recording.log("any", new AnyValues({ text: `${frame}`, flag: frame > 3, list: [frame, 1] }));
        recording.log("a", new Scalars(frame / 3));
        if (frame % 2 === 0) recording.log("arm", new Transform3D({ translation: [frame, 0, 0] }));
        recording.log("points", new Points3D([[frame, 1, 2]], { colors: [frame, 0, 0] }));
      }
      recording.log("notes", new TextLog("replaced"), { static: true });
      recording.log("notes", new TextLog("static"), { static: true });
    });
    expect(await reasons(reversed, expected)).toEqual([]);
    const { numRows } = await compareRrd(reversed, expected);
    expect(numRows).toBe(20 * 3 + 10 + 2 + 1);
  });

  it("says where the values, rows, types and components differ", async () => {
    const one = record((recording) => {
      recording.log("s", new TextLog("x"), { static: true });
      recording.setTime("frame", 1);
      recording.log("a", new Scalars(1));
      recording.log("b", new Points3D([[1, 2, 3]]));
      recording.log("c", new AnyValues({ value: 1 }));
      recording.setTime("frame", 2);
      recording.log("a", new Scalars(2));
    });
    const other = record((recording) => {
      recording.log("s", new TextLog("y"), { static: true });
      recording.setTime("frame", 1);
      recording.log("a", new Scalars(1.5));
      recording.log("b", new Points3D([[1, 2, 3]], { radii: [1] }));
      recording.log("c", new AnyValues({ value: "1" }));
      recording.setTime("frame", 3);
      recording.log("a", new Scalars(2));
    });
    expect((await reasons(one, other)).sort()).toEqual([
      "/a at frame=1: `Scalars:scalars` is [1], expected [1.5]",
      "/a at frame=2: the row of Scalars:scalars is unexpected",
      "/a at frame=3: the row of Scalars:scalars is missing",
      "/b at frame=1: `Points3D:radii` is missing, expected [1]",
      '/c at frame=1: `value` is [1], expected ["1"]',
      "/c:value has the Arrow type List<Float64>, expected List<Utf8>",
      '/s: `TextLog:text` is ["x"], expected ["y"]',
    ]);
    const { differences } = await compareRrd(one, other, {
      ignore: ["log_time", "/b", "/c/**", "/s"],
      maxDifferences: 1,
    });
    expect(differences).toEqual([
      {
        reason: "/a at frame=1: `Scalars:scalars` is [1], expected [1.5]",
        entityPath: "/a",
        times: { frame: 1n },
        component: "Scalars:scalars",
        actual: [1],
        expected: [1.5],
      },
    ]);
  });

  it("compares rows of one time in their order", async () => {
    const both = (values: readonly number[]): Uint8Array =>
      record((recording) => {
        recording.setTime("frame", 1);
        for (const value of values) recording.log("a", new Scalars(value));
      });
    expect(await reasons(both([1, 2]), both([1, 2]))).toEqual([]);
    expect(await reasons(both([1, 2]), both([2, 1]))).toHaveLength(2);
    expect(await reasons(both([1, 2]), both([1]))).toEqual(["/a at frame=1: the row of Scalars:scalars is unexpected"]);
  });

  it("finds rows with the same times in chunks that are in another order", async () => {
    const log = (...texts: readonly string[]): Uint8Array =>
      record((recording) => {
        recording.setTime("frame", 1);
        for (const text of texts) recording.log("a", new TextLog(text));
      }, 1);
    const reorder = async (bytes: Uint8Array, order: readonly number[]): Promise<Uint8Array> => {
      const [data, others]: [Chunk[], Chunk[]] = [[], []];
      for await (const chunk of (await openRrd(bytes)).recording().chunks())
        (chunk.entityPath === "/a" ? data : others).push(chunk);
      const reordered = [...others, ...order.map((at) => data[at] as Chunk)];
      return collect(ChunkStream.from(reordered).encode({ applicationId: "compare" }));
    };
    // The ids of rows tell rows with the same values apart.
    for (const texts of [
      ["x", "y", "z"],
      ["x", "y", "x"],
    ]) {
      const bytes = log(...texts);
      for (const order of [
        [2, 0, 1],
        [1, 0, 2],
        [2, 1, 0],
      ]) {
        const other = await reorder(bytes, order);
        expect(await reasons(other, bytes)).toEqual([]);
        expect(await reasons(bytes, other)).toEqual([]);
      }
    }
    // Of another run, whose rows have other ids.
    expect(await reasons(await reorder(log("x", "y", "z"), [2, 0, 1]), log("x", "y", "z"))).toEqual([]);
    expect(await reasons(await reorder(log("x", "y", "z"), [2, 0, 1]), log("x", "z", "y"))).toHaveLength(2);
  });

  it("takes the components of a row in several chunks for one row", async () => {
    const source = record((recording) => {
      for (let frame = 0; frame < 3; frame++) {
        recording.setTime("frame", frame);
        recording.log("a", [new Scalars(frame), new TextLog(`${frame}`)]);
      }
    });
    const chunks = (await openRrd(source)).recording().chunks();
    const [texts, numbers] = ChunkStream.from(chunks).split({ components: ["TextLog:text"] });
    const split = await collect(ChunkStream.concat(texts, numbers).encode({ applicationId: "unit" }));
    expect(await compareRrd(split, source)).toMatchObject({ isEqual: true, numDifferences: 0 });
    const [first, second] = ChunkStream.from((await openRrd(source)).recording().chunks()).tee();
    const part = await collect(
      ChunkStream.concat(
        first.filter({ components: ["TextLog:text"] }),
        second.filter(() => false),
      ).encode({ applicationId: "unit" }),
    );
    expect((await compareRrd(part, source)).differences[0]?.reason).toBe(
      "/a at frame=0: `Scalars:scalars` is missing, expected [0]",
    );
  });

  it("finds rows whose components are divided among chunks, beside rows at the same times without one of them", async () => {
    const make = (firstText: number): Uint8Array =>
      record((recording) => {
        for (let row = 0; row < 8; row++) {
          recording.setTime("frame", row >> 2);
          recording.log("a", row % 3 === firstText ? [new Scalars(row), new TextLog(`${row}`)] : new Scalars(row));
        }
      }, 100);
    for (const firstText of [0, 1, 2]) {
      const source = make(firstText);
      // The chunk of texts has rows without any.
      const chunks = await ChunkStream.from((await openRrd(source)).recording().chunks()).toArray();
      const texts = ChunkStream.from(chunks).filter({ components: ["TextLog:text"] });
      const others = ChunkStream.from(chunks).drop({ components: ["TextLog:text"] });
      for (const parts of [
        [texts, others],
        [others, texts],
      ] as const) {
        const split = await collect(ChunkStream.concat(...parts).encode({ applicationId: "unit" }));
        expect(await reasons(split, source)).toEqual([]);
        expect(await reasons(source, split)).toEqual([]);
        expect(await reasons(split, make((firstText + 1) % 3))).not.toEqual([]);
      }
    }
  });

  it("does not count rows without values", async () => {
    const make = (hasMore: boolean): Uint8Array =>
      record((recording) => {
        for (let frame = 0; frame < 4; frame++) {
          recording.setTime("frame", frame);
          recording.log("points", new Points3D([[frame, 1, 2]]));
          if (hasMore && frame > 1) recording.log("points", Points3D.fromFields({ radii: [frame] }));
        }
      }, 100);
    expect(await reasons(make(true), make(false), { ignore: ["log_time", "Points3D:radii"] })).toEqual([]);
    expect(await reasons(make(true), make(false))).toEqual([
      "/points at frame=2: the row of Points3D:radii is unexpected",
      "/points at frame=3: the row of Points3D:radii is unexpected",
    ]);
  });

  it("ignores, tolerates and requires what it is told", async () => {
    const make = (offset: number, recordingId: string): Uint8Array =>
      record(
        (recording) => {
          for (let frame = 0; frame < 7; frame++) {
            recording.setTime("frame", frame);
            recording.setTime("other", { duration: frame + offset });
            recording.log("points", new Points3D([[frame + offset, 1, 2]]));
            recording.log("nan", new Scalars([Number.NaN, -0 + offset]));
          }
        },
        offset === 0 ? 3 : 5,
        recordingId,
      );
    const [one, other] = [make(0, "one"), make(1e-3, "other")];
    expect(await reasons(one, other, { ignore: ["log_time", "other"], tolerance: 1e-2 })).toEqual([]);
    expect(await reasons(one, other, { ignore: ["log_time", "other"] })).toHaveLength(14);
    expect(await reasons(one, other, { ignore: ["log_time", "other", "Points3D:positions", "/nan"] })).toEqual([]);
    const strict = { tolerance: 1, ignore: ["log_time", "other"] };
    expect(await reasons(one, other, { ...strict, ids: true })).toEqual([
      '`recordingId` is "one", expected "other"',
      expect.stringContaining("/__properties: `RecordingInfo:start_time` is "),
    ]);
    expect(
      await reasons(one, other, { ...strict, chunks: true, ignore: [...strict.ignore, "/__properties/**"] }),
    ).toEqual([
      expect.stringContaining("/nan: the chunks are 1 rows"),
      expect.stringContaining("/points: the chunks are 1 rows"),
    ]);
  });

  it("finds every changed value of random recordings", async () => {
    const random = seededRandom(7);
    for (let round = 0; round < 20; round++) {
      const values = Array.from({ length: 30 }, () => Array.from({ length: random(4) }, () => random(100)));
      const make = (all: readonly (readonly number[])[], rows: number): Uint8Array =>
        record((recording) => {
          for (const [row, numbers] of all.entries()) {
            recording.setTime("frame", row % 10);
            recording.log(`e${row % 3}`, new Scalars(numbers));
          }
        }, rows);
      expect(await reasons(make(values, 1 + random(5)), make(values, 1 + random(5)))).toEqual([]);
      const changed = values.map((numbers) => [...numbers]);
      const places = [random(30), random(30), random(30)];
      for (const place of places) changed[place]?.push(7);
      expect(await reasons(make(values, 2), make(changed, 3))).toHaveLength(new Set(places).size);
    }
  });

  it("finds the changed and exchanged values of random recordings whose optimized copies have another order", async () => {
    interface Row {
      readonly frame: number;
      readonly step: number | undefined;
      readonly isText: boolean;
      readonly value: number;
    }
    const random = seededRandom(11);
    const make = (rows: readonly Row[]): Uint8Array => {
      let left = random(6);
      return record((recording) => {
        for (const { frame, step, isText, value } of rows) {
          recording.setTime("frame", frame);
          if (step === undefined) recording.disableTimeline("step");
          else recording.setTime("step", step);
          recording.log("a", isText ? new TextLog(`${value}`) : new Scalars(value));
          if (left-- > 0) continue;
          left = random(6);
          void recording.flush();
        }
      }, 100);
    };
    const optimized = (bytes: Uint8Array): Promise<Uint8Array> => collect(optimizeRrd(bytes));
    const alike = (a: Row, b: Row): boolean => a.frame === b.frame && a.step === b.step && a.isText === b.isText;
    for (let round = 0; round < 12; round++) {
      const rows = Array.from({ length: 30 }, () => ({
        frame: random(2),
        step: [undefined, 0][random(2)],
        isText: random(2) === 0,
        value: random(5),
      }));
      const [bytes, other] = [make(rows), make(rows)];
      expect(await reasons(await optimized(bytes), bytes)).toEqual([]);
      expect(await reasons(await optimized(other), bytes)).toEqual([]);
      expect(await reasons(other, await optimized(bytes))).toEqual([]);
      const first = rows[random(30)] as Row;
      const changed = rows.map((row) => (row === first ? { ...row, value: 9 } : row));
      expect(await reasons(await optimized(make(changed)), bytes)).toHaveLength(1);
      const second = rows.find((row) => alike(row, first) && row.value !== first.value);
      if (second === undefined) continue;
      const values = new Map<Row, number>([
        [first, second.value],
        [second, first.value],
      ]);
      const exchanged = rows.map((row) => ({ ...row, value: values.get(row) ?? row.value }));
      expect(await reasons(await optimized(make(exchanged)), bytes)).toHaveLength(2);
    }
  });

  it("takes readers, and refuses what is wrong", async () => {
    const bytes = record(scene);
    const file = await openRrd(bytes);
    expect((await compareRrd(file.recording(), bytes)).isEqual).toBe(true);
    await expect(compareRrd(bytes, bytes, { ignore: "log_time" as never })).rejects.toThrow("`ignore` must be a list");
    await expect(compareRrd(bytes, bytes, { tolerance: -1 })).rejects.toThrow("`tolerance`");
    const two = new Uint8Array([...record(scene, 3, "one"), ...record(scene, 3, "two")]);
    await expect(compareRrd(two, bytes)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    const empty = record(() => {});
    expect((await compareRrd(empty, empty)).isEqual).toBe(true);
    expect((await compareRrd(bytes, empty)).numDifferences).toBe(20 * 3 + 10 + 1);
  });
});
