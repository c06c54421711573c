import { MemorySink, StreamSink } from "@rerun-ts/core";
import { RrdDecoder, decodeRrd } from "@rerun-ts/core/decode";
import { shutdownSync } from "@rerun-ts/core/recording";
import { describe, expect, it } from "vitest";
import { nameOf, numbers, someMessages } from "@rerun-ts/test-support/common/messages";
import { concat, deferred, entitiesOf, observeRecording } from "@rerun-ts/test-support/common/recordings";

/** Reads a stream to its end. */
async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (const reader = stream.getReader(); ;) {
    const { value } = await reader.read();
    if (value === undefined) return concat(pieces);
    pieces.push(value);
  }
}

describe("StreamSink on a WHATWG stream", () => {
  it("writes a complete recording with a footer", async () => {
    const { recording } = observeRecording();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const reading = readAll(readable);
    await recording.setSink(new StreamSink(writable));
    for (let row = 0; row < 100; row++) recording.log("row", numbers(row));
    expect(await recording.close()).toMatchObject({ complete: true });
    const bytes = await reading;
    expect(entitiesOf(bytes).filter((path) => path === "/row")).toHaveLength(100);
    expect(decodeRrd(bytes).at(-1)).toMatchObject({ kind: "end", footer: expect.anything() });
  });

  it("becomes broken when the stream fails, while the other sinks continue", async () => {
    const { recording, errors, drops } = observeRecording();
    let writes = 0;
    const write = async (): Promise<void> => {
      if (++writes === 10) throw new Error("no more");
    };
    const memory = new MemorySink();
    await recording.setSinks([new StreamSink(new WritableStream({ write })), memory]);
    for (let row = 0; row < 100; row++) {
      recording.log("row", numbers(row));
      await recording.flush().catch(() => {});
    }
    expect(recording.state).toBe("broken");
    expect(errors).toMatchObject([{ code: "IO_ERROR", message: "cannot write to the stream: no more" }]);
    await expect(recording.flush()).rejects.toBe(errors[0]);
    await expect(recording.close()).rejects.toBe(errors[0]);
    expect(errors).toHaveLength(1);
    const { droppedRows } = recording.stats().sinks[0] ?? {};
    expect(droppedRows).toBe(drops.reduce((sum, { rows }) => sum + rows, 0));
    expect(droppedRows).toBeGreaterThan(90);
    expect(entitiesOf(memory.toBytes())).toHaveLength(101);
  });

  it("rejects close with IO_ERROR if the stream cannot be ended", async () => {
    const { recording, errors } = observeRecording();
    const close = async (): Promise<void> => {
      throw new Error("no end");
    };
    await recording.setSink(new StreamSink(new WritableStream({ close })));
    await expect(recording.close()).rejects.toMatchObject({
      code: "IO_ERROR",
      message: expect.stringContaining("no end"),
    });
    expect(errors).toHaveLength(1);
  });

  it("does not block: other policies for a full queue than its own are refused", () => {
    expect(() => new StreamSink(new WritableStream(), { onFull: "block" as never })).toThrow(
      '`onFull` must be "drop-oldest" or "drop-newest", got "block"',
    );
  });

  it("cannot be opened on a stream that is locked by another writer", async () => {
    const { recording } = observeRecording();
    const stream = new WritableStream<Uint8Array>();
    stream.getWriter();
    await expect(recording.setSink(new StreamSink(stream))).rejects.toMatchObject({ code: "IO_ERROR" });
    expect(recording.state).toBe("buffering");
  });

  it("leaves the stream open for other writers with `preventClose`", async () => {
    const { recording, errors } = observeRecording();
    const pieces: Uint8Array[] = [];
    const stream = new WritableStream<Uint8Array>({ write: (piece) => void pieces.push(piece) });
    await recording.setSink(new StreamSink(stream, { preventClose: true }));
    recording.log("row", numbers(1));
    await recording.close();
    const writer = stream.getWriter();
    await writer.write(Uint8Array.of(1, 2, 3));
    await writer.close();
    expect(pieces.pop()).toEqual(Uint8Array.of(1, 2, 3));
    expect(decodeRrd(concat(pieces)).at(-1)).toMatchObject({ kind: "end" });
    expect(errors).toEqual([]);
  });

  it("ends the stream once, also if the process ends while the sink is closing", async () => {
    const pieces: Uint8Array[] = [];
    const gate = deferred();
    const write = (piece: Uint8Array): Promise<void> => {
      pieces.push(piece);
      return gate.promise;
    };
    const sink = new StreamSink(new WritableStream({ write }, { highWaterMark: 100 }));
    const { recording } = observeRecording();
    await recording.setSink(sink);
    recording.log("row", numbers(1));
    const closed = recording.close();
    // Waits until the end of the recording is in the queue of the stream.
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    shutdownSync(0);
    gate.resolve();
    await closed;
    await new Promise((resolve) => setTimeout(resolve));
    const decoder = new RrdDecoder();
    expect([...decoder.push(concat(pieces))].at(-1)).toMatchObject({ kind: "end" });
    expect(decoder.rest).toHaveLength(0);
  });
});

/** The result of sending more messages than fit the queue. */
interface Outcome {
  /** The number of dropped rows, as the events and as the statistics of the sink report it. */
  readonly drops: number;
  readonly stats: number;
  /** The names of the messages that were written, and of all messages. */
  readonly names: readonly string[];
  readonly all: readonly string[];
}

/** The number of static messages with which `someMessages` begins: the store info, the properties, a static row. */
const STATIC_MESSAGES = 3;

describe("StreamSink on a blocked stream", () => {
  /** Fills the queue of a sink whose stream is blocked, then unblocks the stream. */
  async function fill(onFull: "drop-oldest" | "drop-newest"): Promise<Outcome> {
    const messages = await someMessages(200);
    const gate = deferred();
    const pieces: Uint8Array[] = [];
    const write = async (piece: Uint8Array): Promise<void> => {
      await gate.promise;
      pieces.push(piece);
    };
    const { recording, drops, warnings } = observeRecording({ sendProperties: false });
    const sink = new StreamSink(new WritableStream<Uint8Array>({ write }), { maxQueueBytes: 50_000, onFull });
    await recording.setSink(sink);
    for (const message of messages) sink.send(message);
    expect(sink.stats().queuedBytes).toBeLessThanOrEqual(50_000);
    expect(warnings).toMatchObject([{ code: "QUEUE_FULL" }]);
    const { droppedRows } = sink.stats();
    gate.resolve();
    expect(await recording.close()).toMatchObject({ complete: true, droppedRows });
    const decoded = decodeRrd(concat(pieces));
    expect(decoded.at(-1)).toMatchObject({ kind: "end", footer: expect.anything() });
    return {
      drops: drops.reduce((sum, { rows, reason }) => sum + (reason === "queue-full" ? rows : 0), 0),
      stats: droppedRows,
      // The first message is the store info of the recording itself.
      names: decoded.slice(1, -1).map(nameOf),
      all: messages.map(nameOf),
    };
  }

  it.for(["drop-oldest", "drop-newest"] as const)(
    "keeps static data and counts the rows that it drops with `onFull: %s`",
    async (onFull) => {
      const { drops, stats, names, all } = await fill(onFull);
      expect(stats).toBeGreaterThan(100);
      expect(drops).toBe(stats);
      const gone = all.filter((name) => !names.includes(name));
      expect(gone).toHaveLength(stats);
      expect(names).toEqual(all.filter((name) => names.includes(name)));
      expect(names.slice(0, STATIC_MESSAGES)).toEqual(all.slice(0, STATIC_MESSAGES));
      // What goes is in one piece: behind what the stream took before it was full, or at the end.
      const first = all.indexOf(gone[0] ?? "");
      expect(gone).toEqual(all.slice(first, first + stats));
      expect(names.at(-1) === all.at(-1)).toBe(onFull === "drop-oldest");
    },
  );
});
