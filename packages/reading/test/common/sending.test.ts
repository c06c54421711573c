import { importTable } from "@rerun-ts/import";
import { Chunk, openRrd, plainRows, sendChunks, sendDataframe, type RecordingReader } from "@rerun-ts/reading";
import { GrpcWebSink, MemorySink, RecordingStream, TimeColumn, customSink } from "@rerun-ts/core";
import { internalsOf } from "@rerun-ts/core/recording";
import { countTurns } from "@rerun-ts/test-support/common/count-turns";
import { FetchServer } from "@rerun-ts/test-support/common/fetch-server";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { noise } from "@rerun-ts/test-support/common/seeded-random";
import { AnyValues, Points3D, Scalars, TextLog } from "@rerun-ts/types";
import { logFile } from "@rerun-ts/types/files";
import {
  Data,
  DurationMicrosecond,
  Field,
  Float64,
  Int64,
  LargeList,
  Table,
  TimestampMillisecond,
  Uint16,
  Vector,
  tableFromArrays,
  tableToIPC,
  vectorFromArray,
  type RecordBatch,
} from "apache-arrow";
import { describe, expect, it, vi } from "vitest";

/** A chunk with rows that all have this frame. */
function frameOf(frame: number, rows: number, valuesPerRow = 1): Chunk {
  const scalars = noise(rows * valuesPerRow, frame);
  return Chunk.fromColumns("/wave", {
    timelines: TimeColumn.sequence(
      "frame",
      Array.from({ length: rows }, () => frame),
    ),
    columns: Scalars.columns({ scalars }).partition(Array.from({ length: rows }, () => valuesPerRow)),
  });
}

function inMemory(): { recording: RecordingStream; memory: ReturnType<RecordingStream["memoryRecording"]> } {
  const recording = new RecordingStream("sending", { recordingId: "copy" });
  return { recording, memory: recording.memoryRecording() };
}

function record(): { recording: RecordingStream; read: () => Promise<RecordingReader> } {
  const { recording, memory } = inMemory();
  return { recording, read: async () => (await openRrd(memory.drainAsBytes())).recording() };
}

async function original(): Promise<RecordingReader> {
  const { recording, read } = record();
  recording.log("note", new TextLog("static"), { static: true });
  for (let frame = 0; frame < 20; frame++) {
    recording.setTime("frame", frame);
    recording.log("a", new Scalars(frame));
    if (frame % 3 === 0) recording.log("p", new Points3D([[frame, 0, 0]], { labels: ["ä"] }));
  }
  return read();
}

const valuesOf = (table: Table, name: string): unknown[] =>
  Array.from(table.getChild(name) ?? [], (value) => JSON.parse(JSON.stringify(value)) as unknown);

describe("a closed recording", () => {
  it("reports the call that sends to it by its own name", async () => {
    const warnings: string[] = [];
    const open = (): RecordingStream => new RecordingStream("closed", { onWarning: (w) => warnings.push(w.message) });
    const calls = {
      sendChunks: async (closed: RecordingStream) => sendChunks(closed, (await original()).chunks()),
      sendDataframe: (closed: RecordingStream) =>
        sendDataframe(closed, tableFromArrays({ speed: new Float64Array([1]) }), { index: null }),
      importTable: (closed: RecordingStream) => importTable(closed, new TextEncoder().encode("a\n1\n")),
    };
    for (const [name, call] of Object.entries(calls)) {
      const recording = open();
      recording.memoryRecording();
      await recording.close();
      await call(recording);
      expect(warnings.splice(0)).toEqual([
        `\`${name}\` was called after the recording was closed; the call is ignored`,
      ]);
    }
  });
});

it("an import ends when its recording is closed, and counts what was sent", async () => {
  const warnings: string[] = [];
  const recording = new RecordingStream("closed", { onWarning: (w) => warnings.push(w.message) });
  recording.memoryRecording();
  const made = { chunks: 0, hasEnded: false };
  async function* chunks(): AsyncGenerator<Chunk> {
    try {
      for (; made.chunks < 10; made.chunks++) {
        if (made.chunks === 3) await recording.close();
        yield frameOf(made.chunks, 2);
      }
    } finally {
      made.hasEnded = true;
    }
  }
  expect(await sendChunks(recording, chunks())).toEqual({ rows: 6, chunks: 3 });
  expect(made).toEqual({ chunks: 3, hasEnded: true });
  expect(warnings).toEqual(["`sendChunks` was called after the recording was closed; the call is ignored"]);
});

describe("an import", () => {
  /** Random numbers, which do not compress: three times as many bytes as fit into the queue. */
  const FRAMES = 24;
  const FRAME_VALUES = 131_072;
  const MAX_QUEUE_BYTES = 8 * 1024 * 1024;

  let made: Chunk[] | undefined;
  const frames = (): Chunk[] =>
    (made ??= Array.from({ length: FRAMES }, (_, frame) => frameOf(frame, 1, FRAME_VALUES)));

  async function* batches(): AsyncGenerator<RecordBatch> {
    for (const { table } of frames()) {
      const frame = table.getChild("frame") as Vector;
      const wave = table.getChild("Scalars:scalars") as Vector;
      yield* new Table({ frame, "/wave:Scalars:scalars": wave }).batches;
    }
  }

  function csv(): Uint8Array {
    const rows = frames().map((_, frame) => `${frame},${noise(FRAME_VALUES / 2, frame).join(" ")}`);
    return new TextEncoder().encode(`frame,/wave:TextLog:text\n${rows.join("\n")}`);
  }

  async function file(): Promise<Uint8Array> {
    const { recording, memory } = inMemory();
    await sendChunks(recording, frames());
    return memory.drainAsBytes();
  }

  const imports: [string, (recording: RecordingStream, rrd: Uint8Array) => Promise<unknown>][] = [
    ["sendChunks", (recording) => sendChunks(recording, frames())],
    ["sendDataframe", (recording) => sendDataframe(recording, batches(), { index: "frame" })],
    ["importTable", (recording) => importTable(recording, csv(), { index: "frame" })],
    [
      "logFileFromContents",
      (recording, contents) =>
        logFile({ recording, view: recording.at({}), name: "wave.rrd", contents, options: undefined }),
    ],
  ];

  it.each(imports)("waits in %s for a sink that is slower than the source, and loses nothing", async (_, run) => {
    const server = new FetchServer();
    const fetch: typeof globalThis.fetch = async (...call) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return server.fetch(...call);
    };
    const recording = new RecordingStream("slow", { recordingId: "copy", sendProperties: false });
    await recording.setSink(new GrpcWebSink(undefined, { fetch, maxQueueBytes: MAX_QUEUE_BYTES }));
    await run(recording, await file());
    expect(await recording.close()).toMatchObject({ complete: true, droppedRows: 0 });
    const waves = readChunks(server.toRrd()).filter(({ entityPath }) => entityPath === "/wave");
    expect(new Set(waves.flatMap(({ times }) => times.frame ?? [])).size).toBe(FRAMES);
    expect(server.calls.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThan(2 * MAX_QUEUE_BYTES);
  });

  it.each(imports)("lets other events have their turn each megabyte in %s", async (_, run) => {
    const { recording } = inMemory();
    const rrd = await file();
    const turns = await countTurns(() => run(recording, rrd));
    // The frames compress a little, so that each turn comes after the next one.
    expect(turns).toBeGreaterThanOrEqual(FRAMES / 2);
  });
});

it("a sink that takes nothing holds up an import a few times, not for each part", async () => {
  const memory = new MemorySink();
  const recording = new RecordingStream("stuck", { sendProperties: false, onWarning: () => {} });
  await recording.setSinks([customSink({ send: () => new Promise<never>(() => {}) }), memory]);
  const chunks = Array.from({ length: 30 }, (_, frame) => frameOf(frame, 1, 131_072));
  const flush = vi.spyOn(internalsOf(recording).dispatcher, "flush");
  // It waits 5 seconds after 16 of the 30 MiB.
  expect(await sendChunks(recording, chunks)).toEqual({ rows: 30, chunks: 30 });
  expect(flush).toHaveBeenCalledTimes(1);
  expect(memory.drainAsBytes().byteLength).toBeGreaterThan(24 * 1024 * 1024);
  await recording.close({ timeoutMs: 0 });
}, 30_000);

describe("sendChunks", () => {
  it("sends chunks that do not compress to recordings with ids of any length", async () => {
    let state = 1;
    const pixels = Uint8Array.from({ length: 30_000 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
    const time = { timelines: TimeColumn.sequence("frame", [1]) };
    const chunk = Chunk.fromColumns("/blob", { ...time, columns: AnyValues.columns({ pixels: [pixels] }) });
    for (let length = 1; length <= 16; length++) {
      const recording = new RecordingStream("sending", { recordingId: "x".repeat(length), sendProperties: false });
      const memory = recording.memoryRecording();
      expect(await sendChunks(recording, chunk)).toEqual({ rows: 1, chunks: 1 });
      const copy = (await openRrd(memory.drainAsBytes())).recording();
      expect(copy.timeRange("frame")).toEqual({ start: 1n, end: 1n });
      const column = (await copy.query({ index: "frame" }).toTable()).getChild("/blob:pixels");
      const [instances] = Array.from(column ?? []) as Iterable<Uint8Array>[];
      expect([...(instances ?? [])].map((instance) => [...instance])).toEqual([[...pixels]]);
    }
  });
});

describe("sendDataframe", () => {
  it("takes a large list, as polars writes lists, for the instances of a row", async () => {
    const items = vectorFromArray([9, 1, 2, 3], new Float64()).data[0] as Data;
    const type = new LargeList(new Field("item", new Float64(), true));
    const buffers = [BigInt64Array.of(1n, 3n, 3n, 4n), undefined, Uint8Array.of(0b101), undefined] as never;
    const large = new Vector([new Data(type as never, 0, 3, 1, buffers, [items])]);
    const frame = vectorFromArray([0n, 1n, 2n], new Int64());
    const { recording, read } = record();
    await sendDataframe(recording, new Table({ frame, large } as never), { index: "frame", entityPath: "t" });
    const rows = [...plainRows(await (await read()).query({ index: "frame" }).toTable())];
    expect(rows.map((row) => row["/t:large"])).toEqual([[1, 2], [3]]);
  });

  it("takes the table of a query as it is", async () => {
    const table = await (await original()).query({ index: "frame" }).toTable();
    const { recording, read } = record();
    expect(await sendDataframe(recording, table)).toEqual({ rows: 20, chunks: 3 });
    const copy = await (await read()).query({ index: "frame" }).toTable();
    expect(copy.schema.names).toEqual(table.schema.names);
    for (const name of ["/a:Scalars:scalars", "/p:Points3D:labels", "/p:Points3D:positions", "/note:TextLog:text"])
      expect(valuesOf(copy, name)).toEqual(valuesOf(table, name));
  });

  it("takes files of apache-arrow, which have their schema at the end", async () => {
    const table = tableFromArrays({ frame: new BigInt64Array([1n, 2n]), speed: new Float64Array([3, 4]) });
    const file = tableToIPC(table, "file");
    const { recording, read } = record();
    expect(await sendDataframe(recording, file, { index: "frame" })).toEqual({ rows: 2, chunks: 1 });
    expect((await read()).timeRange("frame")).toEqual({ start: 1n, end: 2n });
    for (const length of [8, 12, file.length - 1, file.length - 11])
      await expect(sendDataframe(recording, file.subarray(0, length), { index: "frame" })).rejects.toMatchObject({
        code: "INVALID_FORMAT",
      });
    await expect(sendDataframe(recording, file, { index: ["frame", "frame"] })).rejects.toMatchObject({
      message: '`index` must have one column for each timeline, but "frame" has two',
    });
  });

  it("takes a query batch by batch", async () => {
    const { recording, read } = record();
    const query = (await original()).query({ index: "frame", contents: "/a", batchRows: 6 });
    expect(await sendDataframe(recording, query)).toEqual({ rows: 20, chunks: 4 });
    expect((await read()).timeRange("frame")).toEqual({ start: 0n, end: 19n });
  });

  it("sends the properties in the table of a query back to the properties", async () => {
    const { recording: source, read: readSource } = record();
    source.sendRecordingName("first");
    source.sendProperty("info", new AnyValues({ kind: "x" }));
    const query = { index: null, contents: "/__properties/**" } as const;
    const table = await (await readSource()).query(query).toTable();
    expect(table.schema.names).toContain("property:info:kind");
    const recording = new RecordingStream("sending", { recordingId: "copy", sendProperties: false });
    const memory = recording.memoryRecording();
    await sendDataframe(recording, table, { index: null });
    const copy = await (await openRrd(memory.drainAsBytes())).recording().query(query).toTable();
    expect(copy.schema.names).toEqual(table.schema.names);
    expect([...plainRows(copy)]).toEqual([...plainRows(table)]);
    expect([...plainRows(copy)]).toMatchObject([
      { "property:RecordingInfo:name": ["first"], "property:info:kind": ["x"] },
    ]);
  });

  it("wraps columns that are no lists, and names them by their column", async () => {
    const { recording, read } = record();
    const table = tableFromArrays({
      step: new BigInt64Array([3n, 4n]),
      "/b:speed": new Float64Array([0.5, 0.7]),
      n: [1, 2],
    });
    await sendDataframe(recording, tableToIPC(table, "stream"), { index: "step", entityPath: "/robot" });
    const rows = await (await read()).query({ index: "step" }).toTable();
    expect([valuesOf(rows, "/b:speed"), valuesOf(rows, "/robot:n")]).toEqual([
      [[0.5], [0.7]],
      [[1], [2]],
    ]);
  });

  it("takes a part of a table", async () => {
    const { recording, read } = record();
    const table = tableFromArrays({ step: new BigInt64Array([1n, 2n, 3n, 4n]), x: new Float64Array([1, 2, 3, 4]) });
    await sendDataframe(recording, table.slice(1, 3), { index: "step" });
    expect(valuesOf(await (await read()).query({ index: "step" }).toTable(), "/:x")).toEqual([[2], [3]]);
  });

  it.for([
    ["uint16 as numbers", vectorFromArray([1, 40_000], new Uint16()), undefined, [1n, 40_000n]],
    [
      "timestamp[ms] as nanoseconds",
      vectorFromArray([-1, 1.7e12], new TimestampMillisecond()),
      undefined,
      [-1_000_000n, 17n * 10n ** 17n],
    ],
    ["duration[us] as nanoseconds", vectorFromArray([1n, 5n], new DurationMicrosecond()), undefined, [1000n, 5000n]],
    [
      "seconds since 1970",
      vectorFromArray([-0.5, 1_700_000_000.25], new Float64()),
      "timestamp",
      [-500_000_000n, 1_700_000_000_250_000_000n],
    ],
    ["seconds of a duration", vectorFromArray([0.001, 3], new Float64()), "duration", [1_000_000n, 3_000_000_000n]],
  ] as const)("converts timelines: %s", async ([, times, floatIndex, expected]) => {
    const { recording, read } = record();
    const table = new Table({ t: times as Vector, x: vectorFromArray([1, 2], new Float64()) });
    await sendDataframe(recording, table, { index: "t", floatIndex });
    const { data } = (await (await read()).query({ index: "t" }).toTable()).batches[0] as RecordBatch;
    expect(Array.from((data.children[0] as Data).values as BigInt64Array)).toEqual(expected);
  });

  it("says what is wrong", async () => {
    const { recording } = record();
    const table = tableFromArrays({ t: new Float64Array([1]), x: new Float64Array([1]) });
    await expect(sendDataframe(recording, table)).rejects.toThrow("`index` must name one, or be null");
    await expect(sendDataframe(recording, table, { index: "t" })).rejects.toThrow(/column t must .* got Float64/);
    await expect(sendDataframe(recording, table, { index: "y" })).rejects.toThrow(
      /`index` must be .*"t", "x".*got "y"/,
    );
    await expect(sendDataframe(5 as never, table, { index: null })).rejects.toThrow(/^`recording` must be .*got 5/);
    await expect(sendDataframe(recording, 5 as never)).rejects.toThrow(/`data` must be a table.*got 5/);
    const time = vectorFromArray([1n, null], new Int64());
    const nulls = new Table({ t: time, x: vectorFromArray([1, 2], new Float64()) });
    await expect(sendDataframe(recording, nulls, { index: "t" })).rejects.toMatchObject({ code: "INVALID_DATA" });
  });
});

it("sendChunks copies chunks with their ids and rows", async () => {
  const source = await original();
  const { recording, read } = record();
  expect(await sendChunks(recording, source.chunks({ contents: "/a" }))).toEqual({ rows: 20, chunks: 1 });
  const [before, after] = await Promise.all(
    [source, await read()].map(async (recorded) => {
      const batches: RecordBatch[] = [];
      for await (const batch of recorded.query({ index: "frame", contents: "/a" })) batches.push(batch);
      const ids: string[] = [];
      for await (const { id } of recorded.chunks({ contents: "/a" })) ids.push(id);
      return { ids, values: valuesOf(new Table(batches), "/a:Scalars:scalars") };
    }),
  );
  expect(after).toEqual(before);
});
