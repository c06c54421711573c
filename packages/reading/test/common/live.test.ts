import { openLive, type LiveMessage } from "@rerun-ts/reading";
import { MemorySink, RecordingStream, type RecordingStream as Recording } from "@rerun-ts/core";
import { Scalars, TextLog } from "@rerun-ts/types";
import type { Table } from "apache-arrow";
import { describe, expect, it } from "vitest";

const HEIGHT = "/robot:Scalars:scalars";

async function start(options?: { maxBytes: number }): Promise<{ recording: Recording; sink: MemorySink }> {
  const sink = new MemorySink(options);
  const recording = new RecordingStream("live", { recordingId: "one", batcher: { flushNumRows: 10 } });
  await recording.setSink(sink);
  return { recording, sink };
}

function logFrames(recording: Recording, from: number, to: number): void {
  for (let frame = from; frame < to; frame++) {
    recording.setTime("frame", frame);
    recording.log("robot", new Scalars(frame / 2));
  }
}

const heights = (table: Table): unknown[] =>
  [...(table.getChild(HEIGHT) ?? [])].map((cell: { get(index: number): unknown } | null) => cell?.get(0) ?? null);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, frame) => frame / 2);

/** A stream of messages that a test feeds. */
class Feed implements AsyncIterable<LiveMessage> {
  readonly #controller: ReadableStreamDefaultController<LiveMessage>;
  readonly #stream: ReadableStream<LiveMessage>;

  constructor() {
    let controller: ReadableStreamDefaultController<LiveMessage> | undefined;
    this.#stream = new ReadableStream({ start: (created) => void (controller = created) });
    this.#controller = controller as unknown as ReadableStreamDefaultController<LiveMessage>;
  }

  push(messages: readonly LiveMessage[]): void {
    for (const message of messages) this.#controller.enqueue(message);
  }

  fail(error: Error): void {
    this.#controller.error(error);
  }

  end(): void {
    this.#controller.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LiveMessage> {
    const reader = this.#stream.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  }
}

describe("a live recording of a MemorySink", () => {
  it("has every row that was logged before the call", async () => {
    const { recording, sink } = await start();
    const live = await openLive(sink);
    logFrames(recording, 0, 25);
    expect(live.numRows).toBeGreaterThanOrEqual(25);
    expect(live.timeRange("frame")).toEqual({ start: 0n, end: 24n });
    const query = live.query({ index: "frame" });
    expect(heights(await query.toTable())).toEqual(upTo(25));
    logFrames(recording, 25, 30);
    recording.setTime("step", 1);
    recording.log("notes", new TextLog("a new column, and a new timeline"));
    const table = await query.toTable();
    expect(heights(table)).toEqual([...upTo(30).slice(0, 29), 14.5]);
    expect(table.schema.names).toContain("/notes:TextLog:text");
    // Batches, as of a stream that has begun, keep their columns.
    let rows = 0;
    for await (const batch of query) {
      expect(batch.schema.fields).toHaveLength(query.schema.fields.length);
      rows += batch.numRows;
    }
    expect([rows, query.schema.names]).toEqual([30, ["frame", "log_time", HEIGHT]]);
    const latest = await live.latestAt({ index: "frame", at: 27 });
    expect(latest[HEIGHT]?.get(0)).toBe(13.5);
  });

  it("yields a new table as data comes, and ends with the sink", async () => {
    const { recording, sink } = await start();
    const live = await openLive(sink);
    const counts: number[] = [];
    let isTextSeen = false;
    // Neither the timeline nor the entity exists yet.
    for await (const table of live.query({ index: "frame" }).subscribe({ intervalMs: 0 })) {
      counts.push(table.numRows);
      isTextSeen = table.schema.names.includes("/notes:TextLog:text");
      if (counts.length === 1) logFrames(recording, 0, 10);
      else if (counts.length === 2) recording.log("notes", new TextLog("hello"));
      else if (counts.length === 3) await recording.close();
    }
    expect(counts).toEqual([0, 10, 10]);
    expect(isTextSeen).toBe(true);
  });

  it("loses what the sink no longer has, and counts it", async () => {
    const { recording, sink } = await start();
    const live = await openLive(sink);
    logFrames(recording, 0, 50);
    expect(live.numRows).toBeGreaterThanOrEqual(50);
    const before = live.numRows;
    sink.drainAsBytes();
    logFrames(recording, 50, 60);
    expect(heights(await live.query({ index: "frame" }).toTable())).toEqual(upTo(60).slice(50));
    expect(live.removedRows).toBe(before);
  });
});

describe("a live recording of a stream", () => {
  async function messagesOf(to: number): Promise<readonly LiveMessage[]> {
    const { recording, sink } = await start();
    logFrames(recording, 0, to);
    return sink.readMessages();
  }

  it("waits for its recording, and ignores others", async () => {
    const feed = new Feed();
    const opening = openLive(feed, { recordingId: "one" });
    const other = new RecordingStream("live", { recordingId: "two" });
    const otherSink = new MemorySink();
    await other.setSink(otherSink);
    other.log("other", new Scalars(1), { static: true });
    feed.push(otherSink.readMessages());
    feed.push(await messagesOf(20));
    const live = await opening;
    expect(live.info).toMatchObject({ applicationId: "live", recordingId: "one" });
    const tables: Table[] = [];
    for await (const table of live.query({ index: "frame", columns: [HEIGHT] }).subscribe({ intervalMs: 1 })) {
      tables.push(table);
      if (table.numRows === 20) feed.end();
    }
    expect(heights(tables.at(-1) as Table)).toEqual(upTo(20));
    expect(live.schema().entityPaths).not.toContain("/other");
  });

  it("keeps at most `maxBytes`, the newest data", async () => {
    const messages = await messagesOf(1000);
    const bytes = messages.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    const feed = new Feed();
    feed.push(messages);
    feed.end();
    const live = await openLive(feed, { maxBytes: bytes / 2 });
    let last: Table | undefined;
    for await (const table of live.query({ index: "frame", columns: [HEIGHT] }).subscribe({ intervalMs: 1 }))
      last = table;
    const kept = heights(last as Table);
    expect(kept.length).toBeGreaterThan(100);
    expect(kept.length).toBeLessThan(700);
    expect(kept).toEqual(upTo(1000).slice(-kept.length));
  });

  it("passes the error of the stream on, and keeps what came", async () => {
    const feed = new Feed();
    feed.push(await messagesOf(10));
    const live = await openLive(feed);
    const tables = live.query({ index: "frame" }).subscribe({ intervalMs: 0 });
    expect((await tables.next()).value).toMatchObject({ numRows: 10 });
    feed.fail(new Error("the network is away"));
    await expect(tables.next()).rejects.toMatchObject({ code: "CONNECTION", message: /network is away/ });
    expect((await live.query({ index: "frame" }).toTable()).numRows).toBe(10);
  });

  it("reports damaged messages, and reads the others", async () => {
    const messages = [...(await messagesOf(20))];
    const chunk = messages.findLastIndex(({ kind }) => kind === "chunk");
    const { payload, ...rest } = messages[chunk] as LiveMessage;
    messages[chunk] = { ...rest, payload: payload.slice(0, payload.byteLength / 2) };
    const feed = new Feed();
    feed.push(messages);
    feed.end();
    const live = await openLive(feed);
    for await (const table of live.query({ index: "frame" }).subscribe()) expect(table.numRows).toBeLessThan(20);
    expect(live.damage).toMatchObject([{ lostBytes: Math.floor(payload.byteLength / 2) }]);
  });

  it("rejects when the stream ends without the recording", async () => {
    const feed = new Feed();
    feed.push(await messagesOf(1));
    feed.end();
    await expect(openLive(feed, { recordingId: "three" })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: '`source` ended without the recording "three"',
    });
  });

  it("stops waiting when its signal fires, or it is closed", async () => {
    const feed = new Feed();
    await expect(openLive(feed, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
    const live = await openLive(
      (async function* () {
        yield* await messagesOf(5);
        await new Promise(() => {});
      })(),
    );
    const stop = new AbortController();
    const tables = live.query({ index: "frame", signal: stop.signal }).subscribe({ intervalMs: 0 });
    await tables.next();
    const next = tables.next();
    stop.abort();
    await expect(next).rejects.toMatchObject({ code: "ABORTED" });
    const others = live.query({ index: "frame" }).subscribe({ intervalMs: 0 });
    await others.next();
    const end = others.next();
    live.close();
    expect((await end).done).toBe(true);
  });
});

describe("mistakes", () => {
  it.for([
    [() => openLive("robot.rrd" as never), '`source` must be a MemorySink or a stream of messages, got "robot.rrd"'],
    [() => openLive(new MemorySink(), { maxByte: 1 } as never), "maxByte"],
    [() => openLive(new MemorySink(), { maxBytes: -1 }), "`maxBytes`"],
  ] as const)("%#", async ([call, message]) => {
    await expect(call()).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(call()).rejects.toThrow(message);
  });

  it("an interval that is none", async () => {
    const { sink } = await start();
    const live = await openLive(sink);
    const tables = live.query({ index: "frame" }).subscribe({ intervalMs: "1s" as never });
    await expect(tables.next()).rejects.toThrow('`intervalMs` must be a number from 0 to 2147483647, got "1s"');
  });
});
