import { col, openRrd, plainRows, verifyRrd, type RandomAccess } from "@rerun-ts/reading";
import { AnyBatchValue, AnyValues, Clear, Points2D, Scalars, TextLog } from "@rerun-ts/types";
import { RecordingStream, TimeColumn } from "@rerun-ts/core";
import { countTurns } from "@rerun-ts/test-support/common/count-turns";
import { concat } from "@rerun-ts/test-support/common/recordings";
import { describe, expect, it } from "vitest";

/** Records 100 frames of two entities, ten rows in a chunk, and a static text. */
function record(recordingId = "one"): Uint8Array {
  const recording = new RecordingStream("reading", { recordingId, batcher: { flushNumRows: 10, flushTickMs: 60_000 } });
  const memory = recording.memoryRecording();
  recording.log("notes", new TextLog("hello"), { static: true });
  for (let frame = 0; frame < 100; frame++) {
    recording.setTime("frame", frame);
    recording.log("a", new Scalars(frame / 2));
    if (frame % 10 === 0) recording.log("b/points", new Points2D([[frame, 1]], { labels: [`f${frame}`] }));
  }
  return memory.drainAsBytes();
}

/** A source that counts what is read. */
function counting(bytes: Uint8Array): RandomAccess & { readonly bytesRead: () => number } {
  let sum = 0;
  return {
    size: bytes.byteLength,
    read(start, length) {
      sum += length;
      return Promise.resolve(bytes.slice(start, start + length));
    },
    bytesRead: () => sum,
  };
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

describe("a recording is read from", () => {
  const bytes = record();
  it.for([
    ["bytes", () => bytes],
    ["an ArrayBuffer", () => bytes.slice().buffer],
    ["bytes that are not aligned", () => concat([new Uint8Array(3), bytes]).subarray(3)],
    ["a Blob", () => new Blob([bytes.slice()])],
    ["a ReadableStream", () => new Blob([bytes.slice()]).stream()],
    ["pieces", () => inPieces(bytes, 1000)],
  ] as const)("%s", async ([, source]) => {
    const file = await openRrd(source());
    expect(file.recordings).toMatchObject([{ applicationId: "reading", recordingId: "one", kind: "recording" }]);
    expect(file.damage).toEqual([]);
    const table = await file.recording().query({ index: "frame" }).toTable();
    expect(table.numRows).toBe(100);
    expect(table.schema.fields.map(({ name }) => name)).toEqual([
      "frame",
      "log_time",
      "/a:Scalars:scalars",
      "/b/points:Points2D:labels",
      "/b/points:Points2D:positions",
      "/notes:TextLog:text",
    ]);
  });

  it("a source with a footer, of which only what a query needs is read", async () => {
    const source = counting(record("one"));
    const file = await openRrd(source);
    const recording = file.recording();
    expect(file.isLazy).toBe(true);
    expect(recording.numRows).toBe(112);
    expect(recording.timeRange("frame")).toEqual({ start: 0n, end: 99n });
    const before = source.bytesRead();
    const table = await recording.query({ index: "frame", contents: "/a", range: { from: 20, to: 29 } }).toTable();
    expect(table.numRows).toBe(10);
    expect(source.bytesRead() - before).toBeLessThan(5000);
  });

  it("a source whose chunks are kept for the next query, unless `maxCacheBytes` is 0", async () => {
    const bytesOfSecondQuery = async (maxCacheBytes?: number): Promise<number> => {
      const source = counting(bytes);
      const query = (await openRrd(source, { maxCacheBytes })).recording().query({ index: "frame" });
      const first = await query.toTable();
      const before = source.bytesRead();
      expect((await query.toTable()).toString()).toBe(first.toString());
      return source.bytesRead() - before;
    };
    expect(await bytesOfSecondQuery()).toBe(0);
    expect(await bytesOfSecondQuery(0)).toBeGreaterThan(1000);
    await expect(openRrd(bytes, { maxCacheBytes: -1 })).rejects.toThrow(/`maxCacheBytes` must be a non-negative/);
  });

  it("a stream as the footer describes it", async () => {
    const [lazy, streamed] = await Promise.all([openRrd(bytes), openRrd(bytes, { mode: "stream" })]);
    expect(streamed.isLazy).toBe(false);
    const columns = (file: typeof lazy): unknown =>
      file
        .recording()
        .schema()
        .components.map(({ type, ...column }) => ({ ...column, type: String(type as unknown) }));
    expect(columns(streamed)).toEqual(columns(lazy));
    expect(streamed.recording().numChunks).toBe(lazy.recording().numChunks);
  });
});

describe("a file with", () => {
  it("several recordings lists them, and asks which one", async () => {
    const file = await openRrd(concat([record("one"), record("two")]));
    expect(file.recordings.map(({ recordingId }) => recordingId)).toEqual(["one", "two"]);
    expect(() => file.recording()).toThrow(/2 recordings.*"one", "two"/);
    expect(() => file.recording("three")).toThrow(/no recording "three"/);
    expect(file.recording("two").numRows).toBe(112);
    expect(file.damage).toEqual([]);
  });

  it("a wrong byte loses one message, and says where", async () => {
    const bytes = record();
    const whole = await openRrd(bytes, { mode: "stream" });
    const damaged = bytes.slice();
    // The kind of the third message.
    const second = 12 + 16 + new DataView(damaged.buffer).getUint32(12 + 8, true);
    damaged[second] = 0xff;
    const file = await openRrd(damaged, { mode: "stream" });
    expect(file.damage).toMatchObject([{ offset: second, reason: "the bytes are not a message" }]);
    expect(file.damage[0]?.lostBytes).toBe(16 + new DataView(bytes.buffer).getUint32(second + 8, true));
    expect(file.recording().numChunks).toBe(whole.recording().numChunks - 1);
  });

  it("a truncated end says how much is lost", async () => {
    const bytes = record();
    const file = await openRrd(bytes.subarray(0, bytes.byteLength - 100));
    expect(file.isLazy).toBe(false);
    expect(file.damage).toMatchObject([{ reason: expect.stringContaining("truncated") as unknown }]);
    expect(file.recording().numRows).toBe(112);
  });

  it.for([
    ["other timelines", "frame", "the timelines must be"],
    ["other components", "Scalars:scalars", "the components must be"],
    ["columns of an unknown kind", "index\\0", "has the unknown kind"],
  ] as const)("%s than its footer says rejects queries with the position", async ([, text, reason]) => {
    const recording = new RecordingStream("reading", { compression: "none", logTime: false, sendProperties: false });
    const memory = recording.memoryRecording();
    recording.setTime("frame", 1);
    recording.log("a", new Clear({ recursive: false }));
    recording.log("a/b", new Scalars(1));
    recording.setTime("frame", 2);
    recording.log("a", new Scalars(2));
    const bytes = memory.drainAsBytes();
    const footerAt = Number(new DataView(bytes.buffer, bytes.byteOffset + bytes.byteLength - 32).getBigUint64(0, true));
    const chunks = new TextDecoder("latin1").decode(bytes.subarray(0, footerAt));
    for (const { index } of chunks.matchAll(new RegExp(text, "g"))) (bytes[index + 4] as number) ^= 1;
    const reading = (await openRrd(bytes)).recording().query({ index: "frame" }).toTable();
    await expect(reading).rejects.toMatchObject({
      code: "INVALID_FORMAT",
      message: expect.stringMatching(new RegExp(`at byte \\d+ cannot be read: .*${reason}`)) as unknown,
    });
    const { problems } = await verifyRrd(bytes);
    expect(problems.map((problem) => problem.reason)).toContainEqual(expect.stringContaining(reason));
  });

  it("no recording is rejected", async () => {
    await expect(openRrd(new TextEncoder().encode("no recording at all"))).rejects.toMatchObject({
      code: "INVALID_FORMAT",
    });
    for (const [source, described] of [
      [42, "42"],
      [[], "an empty array"],
      [[1, 2, 3], "an array of length 3"],
      [new Float32Array(2), "Float32Array of length 2"],
    ] as const)
      await expect(openRrd(source as never)).rejects.toThrow(new RegExp(`^\`source\` must be .*, got ${described}`));
    for (const bytes of ["RRF2".repeat(20), new Uint8Array(1)])
      await expect(openRrd({ size: 80, read: () => bytes as Uint8Array })).rejects.toThrow(
        /^`read` of `source` must return a Uint8Array of \d+ bytes, got/,
      );
    await expect(openRrd({ size: -1, read: () => new Uint8Array(0) })).rejects.toThrow("`size` of `source` must be");
    await expect(openRrd(record(), null as never)).rejects.toThrow("`options` must be an object, got null");
    await expect(openRrd(record(), { mod: 1 } as never)).rejects.toThrow(
      "`mod` is not an option of `openRrd`; known options: mode, maxCacheBytes, signal",
    );
  });
});

it("chunks have their own ids, which are also in their tables", async () => {
  const recording = (await openRrd(record())).recording();
  const ids: string[] = [];
  for await (const { id, table, isStatic } of recording.chunks({ contents: "/a" })) {
    expect([isStatic, table.numRows]).toEqual([false, 10]);
    expect(table.schema.metadata.get("rerun:id")).toBe(`chunk_${id}`);
    ids.push(id);
  }
  expect(new Set(ids).size).toBe(10);
});

describe("a query", () => {
  it("yields batches in the order of the index", async () => {
    const recording = (await openRrd(record())).recording();
    const sizes: number[] = [];
    for await (const batch of recording.query({ index: "frame", batchRows: 30 })) sizes.push(batch.numRows);
    expect(sizes).toEqual([30, 30, 30, 10]);
  });

  it("ends with its signal, also if all of its chunks are in memory", async () => {
    const recording = (await openRrd(record())).recording();
    await recording.query({ index: "frame" }).toTable();
    const aborted = { code: "ABORTED" };
    for (const where of [undefined, col(["frame", Number]).ge(0)]) {
      const query = recording.query({ index: "frame", where, signal: AbortSignal.abort() });
      await expect(query.toTable()).rejects.toMatchObject(aborted);
      await expect(query.toColumns({ frame: ["frame", Number] })).rejects.toMatchObject(aborted);
      const abort = new AbortController();
      const parts = recording.query({ index: "frame", where, batchRows: 30, signal: abort.signal });
      const batches = parts[Symbol.asyncIterator]();
      expect((await batches.next()).value).toMatchObject({ numRows: 30 });
      abort.abort();
      await expect(batches.next()).rejects.toMatchObject(aborted);
    }
  });

  it("leaves a cleared value null, unless it fills across clears", async () => {
    const stream = new RecordingStream("reading");
    const memory = stream.memoryRecording();
    for (const [frame, value] of [new Scalars(1), new Clear({ recursive: false })].entries()) {
      stream.setTime("f", frame);
      stream.log("a", value);
    }
    stream.setTime("f", 2);
    stream.log("b", new AnyValues({ x: 1 }));
    const recording = (await openRrd(memory.drainAsBytes())).recording();
    const read = async (fillAcrossClears: boolean): Promise<unknown[]> => {
      const table = await recording.query({ index: "f", fillLatestAt: true, fillAcrossClears }).toTable();
      return Array.from(table.getChild("/a:Scalars:scalars") ?? [], (list) =>
        list === null ? null : [...(list as Iterable<number>)],
      );
    };
    expect(await read(false)).toEqual([[1], [], null]);
    expect(await read(true)).toEqual([[1], [], [1]]);
  });

  it("finds one component that entities have with different types", async () => {
    const stream = new RecordingStream("reading");
    const memory = stream.memoryRecording();
    stream.setTime("f", 1);
    for (const componentType of ["my.Mass", "my.Weight"])
      stream.log(componentType, new AnyBatchValue({ component: "my.Car:mass", componentType }, 1200));
    const query = (await openRrd(memory.drainAsBytes())).recording().query({ index: "f" });
    expect([...plainRows(await query.toTable())]).toMatchObject([
      { "/my.Mass:my.Car:mass": [1200], "/my.Weight:my.Car:mass": [1200] },
    ]);
  });

  it("gives the latest values at one time", async () => {
    const recording = (await openRrd(record())).recording();
    const values = await recording.latestAt({ index: "frame", at: 42, contents: ["/a", "/b/**"] });
    expect(Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list.toJSON()]))).toMatchObject({
      "/a:Scalars:scalars": [21],
      "/b/points:Points2D:labels": ["f40"],
    });
  });

  it("has no row for a clear of an entity with a static clear, which hides it", async () => {
    const recording = new RecordingStream("reading", { recordingId: "clears", logTime: false });
    const memory = recording.memoryRecording();
    recording.log("a", new Clear({ recursive: false }), { static: true });
    recording.log("a", new Scalars(1), { time: { frame: 1 } });
    recording.log("a", new Clear({ recursive: false }), { time: { frame: 2 } });
    const query = (await openRrd(memory.drainAsBytes())).recording().query({ index: "frame" });
    expect([...plainRows(await query.toTable())]).toEqual([{ frame: 1n, "/a:Scalars:scalars": [1] }]);
  });

  it("of contents that match nothing, or have a `*` that means nothing, names what there is", async () => {
    const recording = (await openRrd(record())).recording();
    for (const contents of ["/nope", "/b/point", ["/c/**", "-/a"], "-/a/**"])
      expect(() => recording.query({ index: "frame", contents })).toThrow(
        /`contents` must match entities of the recording, such as \/a, \/b\/points, \/notes, got /,
      );
    for (const contents of ["/b/*", "/*/points", "/b*", "/b/**/points", "/b/***"])
      expect(() => recording.query({ index: "frame", contents })).toThrow(
        `\`contents\` must have \`*\` only in \`/**\` at the end of an expression, which means all below an entity, got ${JSON.stringify(contents)}`,
      );
    expect(recording.query({ index: "frame", contents: ["/c/**", "/a"] }).schema.names).toContain("/a:Scalars:scalars");
    expect(recording.query({ index: "frame", contents: "/__properties/**" }).schema.fields.length).toBeGreaterThan(1);
  });

  it("names a wrong argument", async () => {
    const recording = (await openRrd(record())).recording();
    expect(() => recording.query({ index: "nope" })).toThrow(
      '`index` cannot be "nope": the timelines of the recording are "frame", "log_time"',
    );
    expect(() => recording.query({ index: "frame", usingIndexValues: [1, 1] })).toThrow(/must be distinct, got 1/);
    expect(() => recording.query({ index: "log_time", range: { from: 1 } })).toThrow(
      "`range.from` must be a timestamp, as the timeline log_time, got 1 (seconds? pass `{ timestamp: 1 }`)",
    );
    const wrong: [options: object, message: RegExp][] = [
      [
        { colums: [], row: 1 },
        /^`colums` \(did you mean `columns`\?\) is not an option of `query`; known options: index, contents,/,
      ],
      [{ range: { from: 2n ** 70n } }, /^`range.from` must be in the range of 64-bit integers, got 1180591/],
      [{ range: { to: 2n ** 63n } }, /^`range.to` must be in the range/],
      [{ usingIndexValues: [2n ** 64n] }, /^`usingIndexValues` must be in the range/],
    ];
    for (const range of [3, null, [5, 20], { start: 1 }, { From: 1 }])
      wrong.push([{ range }, /^`range` must be an object with `from`, `to` or both, got/]);
    for (const [options, message] of wrong)
      expect(() => recording.query(Object.assign({ index: "frame" }, options))).toThrow(message);
    await expect(recording.latestAt({ index: "frame", at: 2.5 })).rejects.toThrow("`at` must be an integer");
    await expect(recording.latestAt({ index: "frame" } as never)).rejects.toThrow(/^`at` must be .* got undefined/);
    for (const options of [undefined, null, 5])
      await expect(recording.latestAt(options as never)).rejects.toThrow(
        /^`index` must be a timeline .* got undefined/,
      );
    expect(() => recording.query({ index: "frame", columns: ["/a:x"] })).toThrow(/\/a:Scalars:scalars.*no "\/a:x"/);
  });
});

it("a query of a few large chunks lets other events have their turn each ten megabytes", async () => {
  const recording = new RecordingStream("reading", { batcher: { flushNumRows: 1 } });
  const memory = recording.memoryRecording();
  const positions = new Float32Array(2 * 2 ** 17);
  for (let frame = 0; frame < 40; frame++) {
    recording.setTime("frame", frame);
    recording.log("cloud", new Points2D(positions.fill(frame)));
  }
  await using file = await openRrd(memory.drainAsBytes());
  const query = file.recording().query({ index: "frame" });
  const turns = await countTurns(async () => expect((await query.toTable()).numRows).toBe(40));
  expect(turns).toBeGreaterThanOrEqual(4);
});

it("a query of many rows lets other events have their turn between columns", async () => {
  const recording = new RecordingStream("reading");
  const memory = recording.memoryRecording();
  const rows = 65_536;
  const times = TimeColumn.sequence(
    "frame",
    Array.from({ length: rows }, (_, row) => row),
  );
  for (let entity = 0; entity < 8; entity++)
    recording.sendColumns(`joint_${entity}`, times, Scalars.columns({ scalars: new Float64Array(rows) }));
  await using file = await openRrd(memory.drainAsBytes());
  const query = file.recording().query({ index: "frame" });
  // All chunks are in memory after this.
  await query.toTable();
  const turns = await countTurns(async () => expect((await query.toTable()).numRows).toBe(rows));
  expect(turns).toBeGreaterThanOrEqual(8);
});
