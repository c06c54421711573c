import { col, openRrd, type RecordingReader, type RowFilter } from "@rerun-ts/reading";
import { RecordingStream } from "@rerun-ts/core";
import { defineTree, Points3D, Scalars, TextLog, Transform3D } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";

const tree = defineTree({ a: Scalars, b: TextLog, pose: Transform3D });
const a = ["/a", Scalars.scalars, 0] as const;
const b = ["/b", TextLog.text, 0] as const;

/** `a` has the numbers 0 to 9 at the frames 0 to 9, but none at 5; `b` has text at even frames. */
async function read(): Promise<RecordingReader> {
  const recording = new RecordingStream("filter", { strict: true, logTime: false });
  const memory = recording.memoryRecording();
  for (let frame = 0; frame < 10; frame++) {
    const bound = tree.on(recording.at({ frame, at: { timestamp: frame } }));
    if (frame !== 5) bound.a.log(new Scalars([frame, -frame]));
    if (frame % 2 === 0) bound.b.log(new TextLog(frame < 5 ? "low" : "high"));
    bound.pose.log(new Transform3D({ translation: [frame, 0, 0], relation: "ChildFromParent" }));
  }
  return (await openRrd(memory.drainAsBytes())).recording();
}

async function framesOf(where: RowFilter, more: object = {}): Promise<(number | null)[]> {
  const query = (await read()).query({ index: "frame", where, ...more });
  const frames: (number | null)[] = [];
  for await (const { frame } of query.rows({ frame: ["frame", Number] })) frames.push(frame);
  return frames;
}

describe("where", () => {
  it("keeps the rows for which a comparison is true", async () => {
    expect(await framesOf(col(a).eq(3))).toEqual([3]);
    expect(await framesOf(col(a).ne(3))).toEqual([0, 1, 2, 4, 6, 7, 8, 9]);
    expect(await framesOf(col(a).lt(2))).toEqual([0, 1]);
    expect(await framesOf(col(a).le(2))).toEqual([0, 1, 2]);
    expect(await framesOf(col(a).gt(7))).toEqual([8, 9]);
    expect(await framesOf(col(a).ge(7))).toEqual([7, 8, 9]);
    expect(await framesOf(col(b).eq("high"))).toEqual([6, 8]);
    expect(await framesOf(col([tree.pose, Transform3D.relation, 0]).eq("ParentFromChild"))).toEqual([]);
    expect(await framesOf(col(["frame", BigInt]).ge(8n))).toEqual([8, 9]);
    expect(await framesOf(col(["at", Date]).le(new Date(1000)))).toEqual([0, 1]);
    expect(await framesOf(col(["at", Number]).eq(2))).toEqual([2]);
    expect(await framesOf(col(a).lt(NaN))).toEqual([]);
  });

  it("compares times with a Date to the nanosecond", async () => {
    const recording = new RecordingStream("filter", { strict: true, logTime: false });
    const memory = recording.memoryRecording();
    const nanos = [-1n, 0n, 999_999n, 1_000_000n, 1_000_001n];
    for (const [frame, timestamp] of nanos.entries())
      recording.at({ frame, at: { timestamp } }).log("a", new Scalars(frame));
    const reader = (await openRrd(memory.drainAsBytes())).recording();
    const framesOfDate = async (where: RowFilter): Promise<(number | null)[]> => {
      const frames: (number | null)[] = [];
      for await (const { frame } of reader.query({ index: "frame", where }).rows({ frame: ["frame", Number] }))
        frames.push(frame);
      return frames;
    };
    const [at, zero, one] = [col(["at", Date]), new Date(0), new Date(1)];
    expect(await framesOfDate(at.eq(zero))).toEqual([1]);
    expect(await framesOfDate(at.ne(one))).toEqual([0, 1, 2, 4]);
    expect(await framesOfDate(at.lt(zero))).toEqual([0]);
    expect(await framesOfDate(at.le(zero))).toEqual([0, 1]);
    expect(await framesOfDate(at.gt(zero))).toEqual([2, 3, 4]);
    expect(await framesOfDate(at.gt(one))).toEqual([4]);
    expect(() => at.eq(new Date(NaN))).toThrow("`value` must be a valid Date");
  });

  it("calls functions with values, also with vectors and lists", async () => {
    expect(await framesOf(col([tree.pose, Transform3D.translation, 0]).matches(([x]) => x > 7))).toEqual([8, 9]);
    expect(await framesOf(col(["/a", Scalars.scalars]).matches((all) => all[1] === -4))).toEqual([4]);
  });

  it("joins conditions as SQL does: what depends on a missing value is neither true nor false", async () => {
    const [low, high] = [col(a).lt(2), col(a).gt(7)];
    expect(await framesOf(low.or(high))).toEqual([0, 1, 8, 9]);
    expect(await framesOf(low.and(high))).toEqual([]);
    expect(await framesOf(low.or(high).not())).toEqual([2, 3, 4, 6, 7]);
    expect(await framesOf(col(a).isNull())).toEqual([5]);
    expect(await framesOf(col(a).isNotNull().and(col(b).isNull()))).toEqual([1, 3, 7, 9]);
    expect(await framesOf(low.or(col(a).isNull()).or(col(b).eq("high")))).toEqual([0, 1, 5, 6, 8]);
    expect(await framesOf(low.and(col(b).eq("low")).or(high.and(col(b).eq("high"))))).toEqual([0, 8]);
  });

  it("reads columns that the query does not have, and gives tables without them", async () => {
    const recording = await read();
    const where = col(a).gt(7);
    const table = await recording.query({ index: "frame", columns: ["/b:TextLog:text"], where }).toTable();
    expect([table.numRows, table.schema.names]).toEqual([2, ["at", "frame", "/b:TextLog:text"]]);
    expect(Array.from(table.getChild("frame") ?? [], Number)).toEqual([8, 9]);
    expect(await framesOf(where, { batchRows: 1 })).toEqual([8, 9]);
    const columns = await recording.query({ index: "frame", where }).toColumns({ a });
    expect(columns.a.toFloat64Array()).toEqual(new Float64Array([8, 9]));
    const none = await recording.query({ index: "frame", where: col(a).gt(100) }).toColumns({ a });
    expect([none.a.length, none.a.toFloat64Array()]).toEqual([0, new Float64Array(0)]);
  });

  it("sees values that are filled, and applies to rows of trees", async () => {
    expect(
      await framesOf(col(a).eq(4), { fillLatestAt: true, columns: ["/a:Scalars:scalars", "/b:TextLog:text"] }),
    ).toEqual([4]);
    expect(await framesOf(col(b).eq("low"), { fillLatestAt: true })).toEqual([0, 1, 2, 3, 4, 5]);
    const rows: unknown[] = [];
    const options = { index: "frame", time: Number, instance: 0, where: col(b).eq("high") } as const;
    for await (const { time, values } of (await read()).rows(tree.a, options)) rows.push([time, values.scalars]);
    expect(rows).toEqual([
      [6, 6],
      [8, 8],
    ]);
  });

  it("rejects wrong conditions", async () => {
    const recording = await read();
    const query = (where: RowFilter): Promise<unknown> => recording.query({ index: "frame", where }).toTable();
    await expect(query(col(["/c", Scalars.scalars, 0]).gt(1))).rejects.toThrow(
      "`where`: the recording has no entity `/c`",
    );
    await expect(query(col(["/a", Points3D.colors, 0]).gt(1))).rejects.toThrow(
      "/a has Scalars:scalars, but no Points3D:colors",
    );
    await expect(query(col(["frames", Number]).gt(1))).rejects.toThrow("got `frames` (did you mean `frame`?)");
    expect(() => recording.query({ index: "frame", where: "a > 1" as never })).toThrow(
      "`where` must be a condition of `col`",
    );
    expect(() => col("/a" as never)).toThrow("`column` must be");
    expect(() => col(a).gt(null as never)).toThrow("`value` must be a number, a bigint, a string, a boolean or a Date");
    expect(() =>
      col(a)
        .gt(1)
        .and(true as never),
    ).toThrow("`other` must be a condition of `col`");
    expect(() => col(a).matches(1 as never)).toThrow("`test` must be a function of a value");
    for (const result of [Promise.resolve(true), 1, undefined])
      await expect(query(col(a).matches(() => result as never))).rejects.toThrow(
        "`test` must be a function that returns true or false, got",
      );
  });
});
