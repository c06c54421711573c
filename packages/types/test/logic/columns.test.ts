import { RecordingStream, TimeColumn, type RecordingOptions } from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import { Points3D, Scalars, TextLog } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";

function record(options: RecordingOptions = {}): { recording: RecordingStream; read: () => Uint8Array } {
  const recording = new RecordingStream("columns", { strict: true, ...options });
  const memory = recording.memoryRecording();
  return { recording, read: () => memory.drainAsBytes() };
}

describe("sendColumns", () => {
  it("writes one row per value, with the given times and no others", () => {
    const { recording, read } = record();
    recording.setTime("current", 5);
    const scalars = new Float64Array([0.5, 1.5, 2.5]);
    recording.sendColumns(
      "wave",
      [TimeColumn.sequence("frame", [3, 4, 5]), TimeColumn.duration("elapsed", [0, 1, 2])],
      Scalars.columns({ scalars }),
    );
    scalars.fill(9);
    expect(readChunks(read())).toMatchObject([
      {
        rows: 3,
        times: { elapsed: [0n, 1_000_000_000n, 2_000_000_000n], frame: [3n, 4n, 5n] },
        components: { "Scalars:scalars": [[0.5], [1.5], [2.5]] },
      },
    ]);
  });

  it("partitions columns into rows with the same number of values", () => {
    const { recording, read } = record();
    recording.sendColumns(
      "s",
      TimeColumn.sequence("f", [0, 1]),
      Scalars.columns({ scalars: [1, 2, 3, 4] }).partition(2),
    );
    expect(valuesOf(read(), "/s", "Scalars:scalars")).toEqual([
      [1, 2],
      [3, 4],
    ]);
    const uneven = Scalars.columns({ scalars: [1, 2, 3] }).partition(2);
    expect(() => recording.sendColumns("s", TimeColumn.sequence("f", [0]), uneven)).toThrow(
      /must be partitioned by a divisor of 3, the number of instances, got 2/,
    );
    expect(() => uneven.partition(0)).toThrow(/`lengths` must be .*positive integer/);
  });

  it("takes a list of scalars for each row", () => {
    const { recording, read } = record();
    const scalars = [[1, 2], new Float32Array([3]), []];
    recording.sendColumns("s", TimeColumn.sequence("f", [0, 1, 2]), Scalars.columns({ scalars }));
    expect(valuesOf(read(), "/s", "Scalars:scalars")).toEqual([[1, 2], [3], []]);
    const mixed = Scalars.columns({ scalars: [[1], 2] as never });
    expect(() => recording.sendColumns("s", TimeColumn.sequence("f", [0, 1]), mixed)).toThrow(
      /`Scalars.scalars` at `\/s` must be a number, got an array/,
    );
  });

  it("repeats a scalar in all rows, unless it is large", () => {
    const { recording, read } = record();
    const times = TimeColumn.sequence("f", [0, 1, 2]);
    recording.sendColumns("p", times, [
      ...Points3D.columns({ positions: new Float32Array(18) }).partition(2),
      ...Points3D.columns({ colors: "red", labels: "a" }),
    ]);
    const [chunk] = readChunks(read());
    expect(chunk?.components).toMatchObject({
      "Points3D:colors": [[0xff0000ff], [0xff0000ff], [0xff0000ff]],
      "Points3D:labels": [["a"], ["a"], ["a"]],
    });
    const large = TextLog.columns({ text: "x".repeat(5000) });
    expect(() => recording.sendColumns("p", times, large)).toThrow(/as long as the first column, 3 rows.*got 1 row/);
  });

  it("rejects a list with one value for several rows, as Rerun's own SDK does", () => {
    const { recording } = record();
    const times = TimeColumn.sequence("f", [0, 1, 2]);
    const lists = [
      Scalars.columns({ scalars: [7] }),
      Scalars.columns({ scalars: Float64Array.of(7) }),
      Scalars.columns({ scalars: 7 }).partition([1]),
      TextLog.columns({ text: ["a"] }),
      Points3D.columns({ positions: [1, 2, 3] }),
    ];
    for (const columns of lists)
      expect(() => recording.sendColumns("p", times, columns)).toThrow(
        /as long as the first column, 3 rows.*got 1 row/,
      );
  });

  it("partitions columns into rows of several values, each column separately", () => {
    const { recording, read } = record();
    recording.sendColumns("cloud", TimeColumn.duration("time", [0, 0.5, 1]), [
      Points3D.columns({ positions: new Float32Array(18).map((_, index) => index) }).partition([1, 2, 3]),
      Points3D.columns({ colors: ["red", "lime", "blue"] }),
    ]);
    expect(readChunks(read())[0]?.components).toEqual({
      "Points3D:colors": [[0xff0000ff], [0x00ff00ff], [0x0000ffff]],
      "Points3D:positions": [
        [[0, 1, 2]],
        [
          [3, 4, 5],
          [6, 7, 8],
        ],
        [
          [9, 10, 11],
          [12, 13, 14],
          [15, 16, 17],
        ],
      ],
    });
  });

  it("leaves a component unchanged in null rows, and clears it in rows of length 0", () => {
    const { recording, read } = record();
    const columns = TextLog.columns({ text: ["a", "b", "c"] }).partition([1, null, 0, 2]);
    recording.sendColumns("s", TimeColumn.sequence("frame", [1, 2, 3, 4]), columns);
    expect(readChunks(read())[0]?.components).toEqual({ "TextLog:text": [["a"], null, [], ["b", "c"]] });
  });

  it("writes static data without times, and accepts empty rows", () => {
    const { recording, read } = record();
    recording.sendColumns("s", [], TextLog.columns({ text: ["a", "b"] }).partition([0, 2]));
    expect(readChunks(read())).toMatchObject([
      { isStatic: true, rows: 2, components: { "TextLog:text": [[], ["a", "b"]] } },
    ]);
  });

  it("uses the times of a view, not those of the recording", () => {
    const { recording, read } = record();
    recording.setTime("frame", 1);
    recording
      .at({ job: 7, step: 1 })
      .sendColumns("x", TimeColumn.sequence("step", [5, 6]), Scalars.columns({ scalars: [1, 2] }));
    expect(readChunks(read())[0]?.times).toEqual({ job: [7n, 7n], step: [5n, 6n] });
  });

  it("splits large columns into chunks with all rows in order", () => {
    const { recording, read } = record({ compression: "none" });
    const rows = 3_000_000;
    const scalars = new Float64Array(rows).map((_, index) => index);
    recording.sendColumns(
      "big",
      TimeColumn.sequence(
        "i",
        new Float64Array(rows).map((_, index) => index),
      ),
      Scalars.columns({ scalars }),
    );
    const messages = decodeRrd(read()).filter((message) => message.kind === "chunk");
    const sizes = messages.slice(1).map((message) => message.readArrow().byteLength);
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThan(33 * 2 ** 20);
    expect(recording.stats().rows).toBe(rows);
  });

  it("keeps every value if a split is in the middle of lists and strings", () => {
    const { recording, read } = record();
    const text = Array.from({ length: 3000 }, (_, index) => `${index} ${"x".repeat(30_000)}`);
    recording.sendColumns(
      "log",
      TimeColumn.sequence(
        "i",
        text.map((_, index) => index),
      ),
      TextLog.columns({ text }),
    );
    const rrd = read();
    expect(readChunks(rrd).length).toBeGreaterThan(1);
    expect(valuesOf(rrd, "/log", "TextLog:text")).toEqual(text.map((line) => [line]));
  });

  it("accepts any iterable of columns, nested or not, and columns without rows, but no times without columns", () => {
    const { recording, read } = record();
    recording.sendColumns(
      "x",
      TimeColumn.sequence("i", [1]),
      new Set([Scalars.columns({ scalars: [1] }), ...TextLog.columns({ text: "a" })]),
    );
    expect(() => recording.sendColumns("none", TimeColumn.sequence("i", [1]), [])).toThrow(
      "`columns` at `/none` must be at least one component, got none",
    );
    recording.sendColumns("empty", TimeColumn.sequence("i", []), Scalars.columns({ scalars: [] }));
    expect(readChunks(read()).map(({ entityPath, components }) => [entityPath, Object.keys(components)])).toEqual([
      ["/x", ["Scalars:scalars", "TextLog:text"]],
    ]);
  });
});
