import { Chunk, openRrd, sendChunks } from "@rerun-ts/reading";
import { RecordingStream, TimeColumn } from "@rerun-ts/core";
import { AnyValues, Points3D, Scalars, TextLog } from "@rerun-ts/types";
import { tableFromArrays, tableToIPC, type Table, type Vector } from "apache-arrow";
import { describe, expect, it } from "vitest";

const frames = (...values: number[]): TimeColumn => TimeColumn.sequence("frame", values);
const textOf = (id: Uint8Array): string => Array.from(id, (byte) => byte.toString(16).padStart(2, "0")).join("");

describe("Chunk.fromColumns", () => {
  it("makes a chunk whose rows a recording takes as they are", async () => {
    const chunk = Chunk.fromColumns("robot/arm", {
      timelines: [frames(0, 1, 2), TimeColumn.duration("elapsed", [0, 0.5, 1])],
      columns: [Scalars.columns({ scalars: [1, 2, 3] }), Points3D.columns({ labels: ["a", "b", "c"] })],
    });
    expect(chunk).toMatchObject({ entityPath: "/robot/arm", numRows: 3, timelines: ["elapsed", "frame"] });
    expect(chunk.components).toEqual(["Points3D:labels", "Scalars:scalars"]);
    const recording = new RecordingStream("chunks");
    const memory = recording.memoryRecording();
    expect(await sendChunks(recording, chunk)).toEqual({ rows: 3, chunks: 1 });
    const copy = (await openRrd(memory.drainAsBytes())).recording();
    const { value: sent } = await copy.chunks({ contents: "/robot/**" }).next();
    expect(sent?.id).toBe(chunk.id);
    expect(sent?.table.toString()).toBe(chunk.table.toString());
  });

  it("makes static rows without timelines", () => {
    const chunk = Chunk.fromColumns(["log", 1], { columns: Scalars.columns({ scalars: [1] }) });
    expect(chunk).toMatchObject({ entityPath: "/log/1", isStatic: true, numRows: 1 });
  });

  it("gives later chunks greater ids of chunks and rows", () => {
    const make = (): Chunk => Chunk.fromColumns("/a", { columns: Scalars.columns({ scalars: [1, 2] }) });
    const ids = [make(), make()].flatMap((chunk) => [
      chunk.id.toLowerCase(),
      ...Array.from(chunk.table.getChildAt(0) ?? [], (id) => textOf(id as Uint8Array)),
    ]);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it("makes a chunk without rows", () => {
    const chunk = Chunk.fromColumns("/a", { timelines: frames(), columns: Scalars.columns({ scalars: [] }) });
    expect(chunk).toMatchObject({ numRows: 0, timelines: ["frame"], components: ["Scalars:scalars"] });
    expect(chunk.table.numRows).toBe(0);
  });

  it("names the column that is wrong", () => {
    const columns = Scalars.columns({ scalars: [1, 2] });
    expect(() => Chunk.fromColumns("/a", { timelines: frames(1), columns })).toThrow(
      /`Scalars.scalars` must be as long/,
    );
    expect(() => new Chunk()).toThrow("a `Chunk` must be made by `Chunk.fromColumns`");
    expect(() => Chunk.fromColumns("/a", undefined as never)).toThrow(
      "`columns` must be an object { timelines, columns }, got undefined",
    );
    expect(() => Chunk.fromColumns(7 as never, { columns })).toThrow("`entityPath` must be an entity path");
    expect(() => Chunk.fromColumns("/a", { times: frames(1), columns } as never)).toThrow("timelines");
  });
});

/** Five rows with a component that some of them lack, and one that some of them clear. */
function example(): Chunk {
  return Chunk.fromColumns("/a", {
    timelines: frames(0, 1, 2, 3, 4),
    columns: [
      Scalars.columns({ scalars: [0, 1, 2, 3, 4, 5] }).partition([1, 2, 0, 2, 1]),
      TextLog.columns({ text: ["x", "y", "z"] }).partition([null as never, 1, 1, null as never, 1]),
    ],
  });
}

const valuesOf = (chunk: Chunk, name: string): unknown =>
  Array.from(chunk.table.getChild(name) ?? [], (cell) => (cell === null ? null : Array.from(cell as Vector)));
const idsOf = (chunk: Chunk): string[] => Array.from(chunk.table.getChildAt(0) ?? [], (id) => textOf(id as Uint8Array));

describe("Chunk", () => {
  it("takes the tables of apache-arrow, of which each entity becomes a chunk", () => {
    const table = tableFromArrays({
      frame: new BigInt64Array([5n, 6n]),
      "/robot:speed": new Float64Array([0.5, 0.7]),
      angle: new Float64Array([1, 2]),
    });
    const chunks = Chunk.fromTable(table, { index: "frame", entityPath: "/arm" });
    expect(chunks.map(({ entityPath, components, timelines }) => [entityPath, components, timelines])).toEqual([
      ["/robot", ["speed"], ["frame"]],
      ["/arm", ["angle"], ["frame"]],
    ]);
    expect(chunks[0]?.times("frame")).toEqual(new BigInt64Array([5n, 6n]));
    expect(
      Chunk.fromTable(tableToIPC(table), { index: "frame" }).map((chunk) => chunk.print({ redact: true })),
    ).toEqual(Chunk.fromTable(table, { index: "frame" }).map((chunk) => chunk.print({ redact: true })));
    expect(() => Chunk.fromTable([] as never)).toThrow("`table` must be a table, a batch or an Arrow IPC stream");
    expect(() => Chunk.fromTable(table)).toThrow("no column is marked as a timeline");
  });

  it("holds a property as the recording logs it", async () => {
    const recording = new RecordingStream("chunks", { sendProperties: false, logTime: false });
    const memory = recording.memoryRecording();
    recording.sendProperty("episode", new AnyValues({ success: [true] }));
    const [logged] = await chunksOf(memory.drainAsBytes());
    const made = Chunk.fromProperty("episode", new AnyValues({ success: [true] }));
    expect(made.print({ redact: true })).toBe(logged?.print({ redact: true }));
    expect(made).toMatchObject({ entityPath: "/__properties/episode", isStatic: true });
  });

  it("is copied to another entity with a new id and the same rows", () => {
    const chunk = example();
    const copy = chunk.withEntityPath(["b", 1]);
    expect(copy.entityPath).toBe("/b/1");
    expect(copy.id).not.toBe(chunk.id);
    expect(idsOf(copy)).toEqual(idsOf(chunk));
    expect(chunk.entityPath).toBe("/a");
  });

  it("maps the instances of a component and keeps which row has which", () => {
    const chunk = example();
    const doubled = chunk.mapColumn("Scalars:scalars", (values) => Float32Array.from(values, (value) => value * 2));
    expect(valuesOf(doubled, "Scalars:scalars")).toEqual([[0], [2, 4], [], [6, 8], [10]]);
    const texts = chunk.mapColumn("TextLog:text", (values) => Array.from(values, (text) => `${text}!`));
    expect(valuesOf(texts, "TextLog:text")).toEqual([null, ["x!"], ["y!"], null, ["z!"]]);
    expect(() => chunk.mapColumn("Scalars:scalars", () => [1])).toThrow("returns 6 values, one for each");
    expect(() => chunk.mapColumn("Scalars:scalar", (values) => values)).toThrow(
      '`component` must be one of the chunk\'s columns ("Scalars:scalars", "TextLog:text"), got "Scalars:scalar"',
    );
  });

  it("renames and drops timelines and components", () => {
    const chunk = example().rename({ frame: "step", "Scalars:scalars": "Speed:value" });
    expect(chunk).toMatchObject({ timelines: ["step"], components: ["Speed:value", "TextLog:text"] });
    expect(chunk.drop("step")).toMatchObject({ isStatic: true, numRows: 5 });
    expect(chunk.drop("TextLog:text").components).toEqual(["Speed:value"]);
    expect(chunk.select("TextLog:text").components).toEqual(["TextLog:text"]);
    expect(() => chunk.rename({ "Speed:value": "TextLog:text" })).toThrow('two are "TextLog:text"');
    expect(() => chunk.drop("frame")).toThrow('got "frame"');
  });

  it("gives rows by their places and by a function", () => {
    const chunk = example();
    const part = chunk.slice(1, -1);
    expect(valuesOf(part, "Scalars:scalars")).toEqual([[1, 2], [], [3, 4]]);
    expect(valuesOf(part, "TextLog:text")).toEqual([["x"], ["y"], null]);
    expect(idsOf(part)).toEqual(idsOf(chunk).slice(1, 4));
    expect(part.times("frame")).toEqual(new BigInt64Array([1n, 2n, 3n]));
    expect(() => chunk.filter((async () => false) as never)).toThrow("`keeps` must be a function without `async`");
    const odd = chunk.filter((row) => row % 2 === 1);
    expect(valuesOf(odd, "Scalars:scalars")).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(chunk.slice(4, 2).numRows).toBe(0);
    expect(() => chunk.slice(0.5)).toThrow("`start` must be an integer");
  });

  it("is sent and read back after any edits, and mapped again after slices", async () => {
    const chunk = example()
      .slice(1)
      .mapColumn("TextLog:text", (texts) => texts)
      .rename({ frame: "step" });
    const recording = new RecordingStream("chunks", { sendProperties: false });
    const memory = recording.memoryRecording();
    await sendChunks(recording, [chunk, chunk.slice(0, 0)]);
    const [copy, ...others] = await chunksOf(memory.drainAsBytes());
    expect(copy?.print()).toBe(chunk.print());
    expect(others).toEqual([]);
  });

  it("keeps the rows of arrays that are parts of others, with their nulls and booleans", () => {
    const bits = Array.from({ length: 20 }, (_, row) => (row % 7 === 0 ? null : row % 3 === 0));
    const whole = tableFromArrays({ frame: BigInt64Array.from(bits, (_, row) => BigInt(row)) });
    const table = whole.assign(tableFromArrays({ flag: bits }) as unknown as Table).slice(3, 15);
    const [chunk] = Chunk.fromTable(table as never, { index: "frame" });
    const again = chunk?.slice(2, 9).filter((row) => row !== 1);
    expect(again === undefined ? [] : valuesOf(again, "flag")).toEqual(
      [5, 7, 8, 9, 10, 11].map((row) => (bits[row] === null ? null : [bits[row]])),
    );
  });

  it("prints its columns and rows", () => {
    expect(example().slice(0, 3).print({ redact: true, maxRows: 2 })).toBe(
      [
        "/a: 3 rows",
        "frame │ Scalars:scalars │ TextLog:text",
        "Int64 │ List<Float64>   │ List<Utf8>",
        "──────┼─────────────────┼─────────────",
        "0     │ [0]             │ null",
        '1     │ [1,2]           │ ["x"]',
        "… 1 more rows",
      ].join("\n"),
    );
  });
});

async function chunksOf(bytes: Uint8Array): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const chunk of (await openRrd(bytes)).recording().chunks()) chunks.push(chunk);
  return chunks;
}
