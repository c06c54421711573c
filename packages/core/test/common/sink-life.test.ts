import {
  BinaryStreamSink,
  CallbackSink,
  GrpcWebSink,
  MemorySink,
  StreamSink,
  WebSocketSink,
  shutdown,
  tee,
  type EncodedMessage,
} from "@rerun-ts/core";
import type { RecordingSink, RecordingSinkContext } from "@rerun-ts/core/transport";
import { describe, expect, it } from "vitest";
import { FetchServer } from "@rerun-ts/test-support/common/fetch-server";
import { CollectingSink, numbers } from "@rerun-ts/test-support/common/messages";
import { deferred, observeRecording, rowsOf } from "@rerun-ts/test-support/common/recordings";
import { WebSocketRelay } from "@rerun-ts/test-support/common/websocket-relay";

const SINKS: Readonly<Record<string, () => RecordingSink>> = {
  MemorySink: () => new MemorySink(),
  BinaryStreamSink: () => new BinaryStreamSink(),
  CallbackSink: () => new CallbackSink(() => {}),
  StreamSink: () => new StreamSink(new WritableStream()),
  GrpcWebSink: () => new GrpcWebSink(undefined, { fetch: new FetchServer().fetch }),
  WebSocketSink: () => new WebSocketSink(undefined, { WebSocket: new WebSocketRelay().WebSocket }),
  "a sink of one's own": () => new CollectingSink(),
};

const refused = { code: "INVALID_ARGUMENT", argument: "sinks", message: expect.stringContaining("create a new one") };

describe("a sink that is or was open is refused, and nothing changes,", () => {
  it.for(Object.keys(SINKS))("by another recording, the same one and a combination: %s", async (name) => {
    const sink = (SINKS[name] as () => RecordingSink)();
    const [first, second] = [observeRecording(), observeRecording()];
    await first.recording.setSink(sink);
    first.recording.log("one", numbers(1));
    const other = new MemorySink();
    await second.recording.setSink(other);
    await expect(second.recording.setSinks([new MemorySink(), sink])).rejects.toMatchObject(refused);
    await expect(second.recording.setSink(tee([sink, new MemorySink()]))).rejects.toMatchObject(refused);
    second.recording.log("two", numbers(2));
    expect(rowsOf(other.readMessages())["/two"]).toBe(1);
    expect(sink.stats().state).not.toBe("closed");
    await first.recording.disconnect();
    await expect(first.recording.setSink(sink)).rejects.toMatchObject(refused);
    await first.recording.close();
    await second.recording.close();
  });
});

/** Delivers nothing until `sending` is resolved, or until it is closed: then everything it has is dropped. */
class SlowSink extends CollectingSink {
  override readonly key: string;
  readonly needsEventLoop = true;
  readonly sending = deferred();
  begun = 0;
  droppedRows = 0;
  #isClosed = false;
  #context: RecordingSinkContext | undefined;

  constructor(key = "slow") {
    super();
    this.key = key;
  }
  override open(context: RecordingSinkContext): void {
    this.#context = context;
  }
  override flush(): Promise<void> {
    return this.sending.promise;
  }
  override close(): Promise<void> {
    return this.sending.promise.then(() => void (this.#isClosed = true));
  }
  beginClose(): void {
    this.begun++;
  }
  closeSync(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const rows = Object.values(rowsOf(this.messages)).reduce((sum, count) => sum + count, 0);
    this.droppedRows = rows;
    this.#context?.onDrop({ rows, bytes: 0, reason: "closed" });
    this.sending.resolve();
  }
  override stats(): ReturnType<CollectingSink["stats"]> {
    const queuedBytes = this.#isClosed ? 0 : this.messages.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    return { ...super.stats(), state: this.#isClosed ? "closed" : "open", queuedBytes, droppedRows: this.droppedRows };
  }
}

describe("a sink that was replaced and is still sending", () => {
  async function leaving(): Promise<ReturnType<typeof observeRecording> & { sink: SlowSink }> {
    const observed = observeRecording({ sendProperties: false });
    const sink = new SlowSink();
    await observed.recording.setSink(sink);
    for (let row = 0; row < 10; row++) observed.recording.log("row", numbers(row));
    void observed.recording.setSink(new MemorySink());
    return { ...observed, sink };
  }

  it("is not among `sinks`, which are those that get what is logged", async () => {
    const { recording, sink } = await leaving();
    expect(recording.sinks.map(({ kind }) => kind)).toEqual(["memory"]);
    sink.sending.resolve();
    await recording.disconnect();
    expect(recording.sinks.map(({ kind }) => kind)).toEqual(["buffering"]);
    await recording.close();
  });

  it("is flushed, and counted, with the others", async () => {
    const { recording, sink } = await leaving();
    expect(recording.stats().sinks.map(({ kind }) => kind)).toEqual(["memory", "collecting"]);
    expect(await recording.flush({ timeoutMs: 0 })).toMatchObject({
      complete: false,
      pendingBytes: sink.stats().queuedBytes,
    });
    const flushing = recording.flush();
    sink.sending.resolve();
    expect(await flushing).toMatchObject({ complete: true, pendingBytes: 0 });
    expect(recording.stats().sinks.map(({ kind }) => kind)).toEqual(["memory"]);
    await recording.close();
  });

  it("is waited for by `close`, and by `shutdown` also after `disconnect`", async () => {
    const first = await leaving();
    const second = await leaving();
    void second.recording.disconnect();
    const closings = [first.recording.close(), shutdown()];
    let settled = 0;
    for (const closing of closings) void closing.then(() => settled++);
    await new Promise((resolve) => setTimeout(resolve));
    expect(settled).toBe(0);
    first.sink.sending.resolve();
    second.sink.sending.resolve();
    expect((await closings[0]) as object).toMatchObject({ complete: true, droppedRows: 0 });
    await closings[1];
    expect([first.sink, second.sink].map((sink) => sink.stats().state)).toEqual(["closed", "closed"]);
  });

  it("is counted also with what it drops after it is closed", async () => {
    const { recording, drops } = observeRecording({ sendProperties: false });
    const contexts: RecordingSinkContext[] = [];
    const sink = Object.assign(new CollectingSink(), {
      open: (context: RecordingSinkContext) => void contexts.push(context),
    });
    await recording.setSink(sink);
    recording.log("row", numbers(1));
    await recording.setSink(new MemorySink());
    await recording.flush();
    contexts[0]?.onDrop({ rows: 1, bytes: 1, reason: "expired" });
    expect(drops).toMatchObject([{ rows: 1 }]);
    expect(recording.stats().droppedRows).toBe(1);
    await recording.close();
  });

  it("drops and counts what it cannot send within the time of `close`", async () => {
    const { recording, sink, drops } = await leaving();
    expect(await recording.close({ timeoutMs: 1 })).toMatchObject({ complete: false, droppedRows: 10 });
    expect(sink.stats().state).toBe("closed");
    expect(drops).toMatchObject([{ rows: 10, reason: "closed" }]);
    expect(recording.stats().droppedRows).toBe(10);
  });
});

describe("a combination of sinks", () => {
  it("consists of sinks of the recording, with all that they ask for", async () => {
    const { recording } = observeRecording();
    recording.log("before", numbers(1));
    const memory = new MemorySink();
    const slow = Object.assign(new SlowSink(), { sendBacklog: (message: EncodedMessage) => backlog.push(message) });
    const backlog: EncodedMessage[] = [];
    const setting = recording.setSink(tee([slow, tee([memory])]));
    expect(rowsOf(backlog)["/before"]).toBe(1);
    expect(recording.stats().sinks.map(({ kind }) => kind)).toEqual(["collecting", "memory"]);
    await setting;
    await expect(recording.setSinks([memory, tee([memory])])).rejects.toMatchObject({ code: "DUPLICATE_SINK" });
    slow.sending.resolve();
    await recording.close();
  });

  it("passes on all duties when it is opened by something else than a recording", () => {
    const calls: string[] = [];
    const noting = (key: string): RecordingSink =>
      Object.assign(new SlowSink(key), {
        needsEventLoop: true,
        keepsBacklogOnFailure: true,
        isStale: true,
        start: () => calls.push("start"),
        sendBacklog: () => calls.push("sendBacklog"),
        expectMore: () => calls.push("expectMore"),
        beginClose: () => calls.push("beginClose"),
        closeSync: (_: number, connectMs: number) => calls.push(`closeSync ${connectMs}`),
        takeBacklog: (): EncodedMessage[] => {
          calls.push("takeBacklog");
          return [];
        },
      });
    const sink = tee([noting("a")]) as RecordingSink;
    void sink.open({
      applicationId: "a",
      recordingId: "b",
      flushRows() {},
      recycle() {},
      onState() {},
      onDrop() {},
      onWarning() {},
    });
    sink.start?.();
    sink.sendBacklog?.({} as EncodedMessage);
    sink.expectMore?.(true);
    sink.takeBacklog?.();
    sink.beginClose?.(1);
    sink.closeSync?.(1, 7);
    expect(sink).toMatchObject({ needsEventLoop: true, keepsBacklogOnFailure: true, isStale: true });
    expect([...new Set(calls)]).toEqual([
      "start",
      "sendBacklog",
      "expectMore",
      "takeBacklog",
      "beginClose",
      "closeSync 7",
    ]);
  });
});

describe("a recording without sinks", () => {
  it("counts and reports all rows that are logged, and those that were buffered", async () => {
    const { recording, drops } = observeRecording({ sendProperties: false });
    recording.log("before", numbers(1));
    await recording.setSinks([]);
    for (let row = 0; row < 100; row++) recording.log("row", numbers(row));
    const { droppedRows, complete } = await recording.flush();
    expect({ droppedRows, complete }).toEqual({ droppedRows: 101, complete: true });
    expect(drops.reduce((sum, { rows }) => sum + rows, 0)).toBe(101);
    expect(drops[0]).toMatchObject({ reason: "no-sink", sink: { kind: "none" } });
    const memory = new MemorySink();
    await recording.setSink(memory);
    recording.log("after", numbers(1));
    expect(await recording.close()).toMatchObject({ droppedRows: 101 });
    expect(rowsOf(memory.readMessages())).toEqual({ "/after": 1 });
  });
});

describe("a sink that stays because its destination is in use", () => {
  function grpc(server: FetchServer, options: object): GrpcWebSink {
    return new GrpcWebSink(undefined, { fetch: server.fetch, ...options });
  }

  it("sends with renewed headers from then on, in either direction, and names options that it ignores once", async () => {
    const server = new FetchServer();
    const { recording, warnings } = observeRecording();
    const send = async (
      authorization: string | undefined,
      options: object = {},
    ): Promise<string | null | undefined> => {
      await recording.setSink(grpc(server, { ...options, ...(authorization && { headers: { authorization } }) }));
      recording.log("row", numbers(1));
      await recording.flush();
      return server.headers.at(-1)?.get("authorization");
    };
    expect(await send("old")).toBe("old");
    expect(await send("new")).toBe("new");
    expect(await send("old")).toBe("old");
    expect(await send(undefined)).toBe("old");
    expect(warnings).toEqual([]);
    for (let time = 0; time < 2; time++) expect(await send("new", { maxQueueBytes: 7 })).toBe("new");
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining("`maxQueueBytes`")]);
    await recording.close();
  });

  it("is another destination if the path of the relay differs", async () => {
    const relays = [new WebSocketRelay(), new WebSocketRelay()];
    const { recording } = observeRecording();
    const [one, two] = relays.map(
      (relay, index) => new WebSocketSink(`ws://host/${index}/ws`, { WebSocket: relay.WebSocket }),
    );
    await recording.setSinks([one as RecordingSink, two as RecordingSink]);
    recording.log("row", numbers(1));
    await recording.flush();
    for (const relay of relays) expect(relay.received.length).toBeGreaterThan(0);
    await recording.close();
  });
});
