import { RerunError, type EncodedMessage, type SinkStats } from "@rerun-ts/core";
import type { RecordingSink, RecordingSinkContext } from "@rerun-ts/core/transport";
import { chunkMessage, storeInfoMessage } from "@rerun-ts/test-support/common/encoded-messages";
import { CollectingSink } from "@rerun-ts/test-support/common/messages";
import { ObservedContext } from "@rerun-ts/test-support/common/observed-context";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { SpoolSink } from "../../../dist/spool/spool-sink.js";
import type { SpoolStore, SpoolStoreEvents } from "../../../dist/spool/spool-store.js";

/** A sink for a server that does what the test says. */
class ServerLike extends CollectingSink {
  state: SinkStats["state"] = "open";
  lastError: RerunError | undefined;
  isStale = false;
  takesBuffers = false;
  batching = { flushTickMs: 8 };
  context: RecordingSinkContext | undefined;
  readonly log: string[] = [];
  /** Whether each message is acknowledged at once. */
  acknowledges = true;
  readonly pending: (() => void)[] = [];
  takeover: ReturnType<NonNullable<RecordingSink["takeOver"]>> = {};

  override open(context: RecordingSinkContext): void {
    this.log.push("open");
    this.context = context;
  }
  start(): void {
    this.log.push("start");
  }
  sendBacklog(message: EncodedMessage): void {
    this.send(message);
  }
  expectMore(isMore: boolean): void {
    this.log.push(`more ${isMore}`);
  }
  override flush(): Promise<void> {
    return this.acknowledges ? Promise.resolve() : new Promise((resolve) => this.pending.push(resolve));
  }
  override async close(options?: { timeoutMs?: number | undefined }): Promise<void> {
    this.log.push(`close ${options?.timeoutMs}`);
  }
  beginClose(deadlineMs: number): void {
    this.log.push(`begin ${deadlineMs}`);
  }
  closeSync(deadlineMs: number, connectMs?: number): void {
    this.log.push(`closeSync ${deadlineMs} ${connectMs}`);
  }
  takeOver(): ReturnType<NonNullable<RecordingSink["takeOver"]>> {
    return this.takeover;
  }
  override stats(): SinkStats {
    return { ...super.stats(), state: this.state, lastError: this.lastError, reconnects: 3 };
  }
}

/** Writes what happens to it into a log. */
class LoggingStore implements SpoolStore {
  readonly key = "place";
  isSynchronous = true;
  events: SpoolStoreEvents | undefined;
  readonly log: string[] = [];
  opened: Promise<void> | undefined;
  flushed: Promise<void> = Promise.resolve();
  open(events: SpoolStoreEvents): void | Promise<void> {
    this.log.push("open");
    this.events = events;
    return this.opened;
  }
  append(_: EncodedMessage, id: number): void {
    this.log.push(`append ${id}`);
  }
  claim(id: number): void {
    this.log.push(`claim ${id}`);
  }
  seal(): void {}
  async read(): Promise<undefined> {}
  release(id: number): void {
    this.log.push(`release ${id}`);
  }
  flush(): Promise<void> {
    this.log.push("flush");
    return this.flushed;
  }
  async close(isEmpty: boolean): Promise<void> {
    this.log.push(`close ${isEmpty}`);
  }
  closeSync(isEmpty: boolean): void {
    this.log.push(`closeSync ${isEmpty}`);
  }
}

/** Notes warnings, too. */
class NotingContext extends ObservedContext {
  readonly warnings: string[] = [];
  readonly errors: (RerunError | undefined)[] = [];
  override onState(state: SinkStats["state"], error?: RerunError): void {
    super.onState(state);
    this.errors.push(error);
  }
  override onWarning(message?: string): void {
    this.warnings.push(message ?? "");
  }
}

interface Started {
  readonly spool: SpoolSink;
  readonly sink: ServerLike;
  readonly store: LoggingStore;
  readonly context: NotingContext;
}

function open(properties: Partial<ServerLike> = {}, store = new LoggingStore(), options: object = {}): Started {
  const sink = Object.assign(new ServerLike(), properties);
  const context = new NotingContext();
  const spool = new SpoolSink(sink, store, () => [], options);
  void spool.open(context);
  spool.start();
  return { spool, sink, store, context };
}

async function turns(count = 30): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

const away = new RerunError("CONNECTION", "no server");
const KEPT = "bytes are kept in the spool, and sent when the server is reachable";

describe("a spool", () => {
  it("has the place of its store and the preferences of its sink, and needs the event loop", () => {
    const { spool, sink } = open({ isStale: true, takesBuffers: true });
    expect([spool.kind, spool.place, spool.key, spool.batching]).toEqual([
      "spool",
      "spool:place",
      "spool:place:collecting",
      sink.batching,
    ]);
    expect([spool.isStale, spool.takesBuffers, spool.needsEventLoop, spool.keepsBacklogOnFailure]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([spool.isSynchronous, spool.isReady, spool.parts, spool.takeBacklog()]).toEqual([
      false,
      false,
      undefined,
      [],
    ]);
    expect(open().spool.isStale).toBe(false);
    expect(open().spool.takesBuffers).toBe(false);
    const asynchronous = Object.assign(new LoggingStore(), { isSynchronous: false });
    expect(open({ takesBuffers: true }, asynchronous).spool.takesBuffers).toBe(false);
  });

  it("opens its store, then its sink, and starts it", async () => {
    expect(open().sink.log).toEqual(["open", "start"]);
    let resolve = (): void => {};
    const store = Object.assign(new LoggingStore(), { opened: new Promise<void>((done) => (resolve = done)) });
    const { sink } = open({}, store);
    expect([store.log, sink.log]).toEqual([["open"], ["start"]]);
    resolve();
    await turns();
    expect(sink.log).toEqual(["start", "open"]);
    expect([sink.context?.applicationId, sink.context?.recordingId]).toEqual(["contract", "messages"]);
  });

  it("opens a sink once: one that was opened before is refused, and the store stays closed", () => {
    const { sink } = open();
    const store = new LoggingStore();
    expect(() => new SpoolSink(sink, store, () => [], undefined).open(new NotingContext())).toThrow("collecting sink");
    expect(store.log).toEqual([]);
  });

  it("passes on the data of earlier programs when it is started", async () => {
    const sink = new ServerLike();
    const store = new LoggingStore();
    const spool = new SpoolSink(sink, store, () => [], undefined);
    void spool.open(new NotingContext());
    store.events?.onFound(40);
    expect(spool.stats().queuedBytes).toBe(40);
    spool.start();
    await turns();
    expect(store.log).toContain("claim 1");
  });

  it("stores and passes on messages, also those of a backlog, and forwards notes", () => {
    const { spool, sink, store } = open();
    spool.send(chunkMessage());
    spool.sendBacklog(chunkMessage());
    spool.expectMore(true);
    expect([store.log, sink.messages.length, sink.log.at(-1)]).toEqual([
      ["open", "append 1", "append 2"],
      2,
      "more true",
    ]);
  });

  it("has statistics of what is pending and acknowledged", async () => {
    const { spool, sink } = open({ acknowledges: false });
    spool.send(chunkMessage({ bytes: 10 }));
    expect(spool.stats()).toMatchObject({ kind: "spool", queuedBytes: 10, sentBytes: 0, reconnects: 3 });
    sink.pending[0]?.();
    await turns();
    expect(spool.stats()).toMatchObject({ queuedBytes: 0, sentBytes: 10 });
  });

  it("gives memory back only if its sink takes memory", () => {
    for (const takesBuffers of [true, false]) {
      const { sink, spool, context } = open({ takesBuffers, state: "connecting" });
      const payload = new Uint8Array(3);
      sink.context?.recycle(payload);
      expect(context.recycled.length).toBe(takesBuffers ? 1 : 0);
      sink.context?.onDrop({ rows: 1, bytes: 1, reason: "closed" });
      spool.send(chunkMessage());
      expect(context.recycled.length).toBe(takesBuffers ? 2 : 0);
      expect(context.drops).toEqual([]);
    }
  });
});

describe("the state of a spool", () => {
  it("is that of its sink, with failures to connect", () => {
    const { spool, sink, context } = open({ state: "connecting" });
    sink.context?.onState("connecting", away);
    sink.state = "open";
    sink.context?.onState("open");
    expect([context.states, context.errors, spool.stats().state]).toEqual([
      ["connecting", "open"],
      [away, undefined],
      "open",
    ]);
    sink.context?.onState("connecting");
    sink.context?.onState("closed");
    expect(context.states).toEqual(["connecting", "open", "connecting"]);
  });

  it("is broken with its sink: nothing is acknowledged any more, and all further data is stored", async () => {
    const { spool, sink, context, store } = open({ acknowledges: false });
    spool.send(chunkMessage());
    sink.context?.onState("broken", away);
    sink.pending[0]?.();
    await turns();
    expect([context.states, store.log.includes("release 1")]).toEqual([["broken"], false]);
    await expect(spool.flush({ ack: true })).rejects.toBe(away);
    spool.send(chunkMessage());
    expect([context.drops, store.log.at(-1)]).toEqual([[], "append 2"]);
  });

  it("goes on after its sink has dropped what the server rejects, which counts as dropped", async () => {
    const { spool, sink, context, store } = open({ acknowledges: false });
    spool.send(chunkMessage());
    sink.context?.onDrop({ rows: 1, bytes: 10, reason: "rejected" });
    sink.pending[0]?.();
    await turns();
    spool.send(chunkMessage());
    expect([store.log.includes("release 1"), sink.messages.length]).toEqual([true, 2]);
    expect(context.drops).toMatchObject([{ rows: 1, reason: "rejected" }]);
    expect(spool.stats().droppedRows).toBe(1);
  });

  it("does not change while it closes, and warnings of the sink are left out then", async () => {
    const { spool, sink, context } = open();
    sink.context?.onWarning("slow");
    const closing = spool.close({});
    sink.context?.onState("connecting", away);
    sink.context?.onWarning("dropped");
    await closing;
    expect([context.states, context.warnings]).toEqual([["closed"], ["slow"]]);
    sink.context?.onState("open");
    expect(context.states).toEqual(["closed"]);
  });

  it("asks for acknowledgements when there is a connection", async () => {
    const { spool, sink, store } = open({ state: "connecting" });
    spool.send(chunkMessage());
    await turns();
    expect(store.log).not.toContain("release 1");
    sink.state = "open";
    sink.context?.onState("open");
    await turns();
    expect(store.log).toContain("release 1");
  });
});

describe("a flush of a spool", () => {
  it("settles when everything is stored, and with `ack` when it was acknowledged", async () => {
    const { spool, sink, store } = open({ acknowledges: false });
    spool.send(chunkMessage());
    await spool.flush({});
    expect(store.log.at(-1)).toBe("flush");
    let isDone = false;
    void spool.flush({ ack: true }).then(() => (isDone = true));
    await turns();
    expect(isDone).toBe(false);
    sink.pending[0]?.();
    await turns();
    expect(isDone).toBe(true);
  });

  it("rejects with `TIMEOUT` if the sink has lost messages, and says what is kept", async () => {
    const { spool, sink } = open({ acknowledges: false });
    spool.send(chunkMessage({ bytes: 10 }));
    const flushing = spool.flush({ ack: true });
    sink.context?.onDrop({ rows: 1, bytes: 1, reason: "closed" });
    await expect(flushing).rejects.toThrow(`timed out sending; 10 ${KEPT}`);
  });

  it("rejects with the failure of the store, unless everything has arrived all the same", async () => {
    const failure = new RerunError("IO_ERROR" as never, "disk full");
    const { spool, sink, store, context } = open({ acknowledges: false });
    spool.send(chunkMessage());
    store.events?.onFailure(failure);
    const warning = "disk full; until that works, data that the server does not take is dropped";
    expect([context.warnings, context.errors, spool.stats().lastError]).toEqual([[warning], [failure], failure]);
    await expect(spool.flush({})).rejects.toBe(failure);
    sink.pending[0]?.();
    await turns();
    await expect(spool.flush({})).resolves.toBeUndefined();
  });

  it("rejects once with a failure that is over, because what was not stored may still be lost", async () => {
    const failure = new RerunError("IO_ERROR", "disk full");
    const { spool, store } = open({ acknowledges: false });
    spool.send(chunkMessage());
    store.events?.onFailure(failure);
    store.events?.onWorking();
    await expect(spool.flush({})).rejects.toBe(failure);
    await expect(spool.flush({})).resolves.toBeUndefined();
  });

  it("does nothing after the spool was closed", async () => {
    const { spool, store } = open();
    await spool.close({});
    const { length } = store.log;
    await spool.flush({ ack: true });
    await spool.close({});
    spool.closeSync(5);
    expect(store.log.length).toBe(length);
  });
});

describe("a spool that is closed", () => {
  it("waits for acknowledgements, and leaves an empty store", async () => {
    const { spool, sink, store, context } = open({ acknowledges: false });
    spool.send(chunkMessage());
    const closing = spool.close({});
    await turns();
    expect(sink.log).not.toContain("close 0");
    spool.send(chunkMessage());
    expect(context.drops).toMatchObject([{ reason: "closed" }]);
    sink.pending[0]?.();
    await closing;
    expect([sink.log.at(-1), store.log.slice(-2), spool.stats().state, context.warnings]).toEqual([
      "close 0",
      ["release 1", "close true"],
      "closed",
      [],
    ]);
  });

  it("first lets the store finish", async () => {
    let stored = (): void => {};
    const store = Object.assign(new LoggingStore(), { flushed: new Promise<void>((done) => (stored = done)) });
    const { spool, sink } = open({}, store);
    const closing = spool.close({});
    await turns();
    expect(sink.log).not.toContain("close 0");
    stored();
    await closing;
    expect(sink.log).toContain("close 0");
  });

  it("keeps the rest for the next program, and says how much", async () => {
    const { spool, sink, store, context } = open({ acknowledges: false });
    spool.send(chunkMessage({ bytes: 10 }));
    const closing = spool.close({});
    sink.context?.onDrop({ rows: 1, bytes: 1, reason: "closed" });
    await closing;
    expect([store.log.at(-1), context.warnings]).toEqual(["close false", [`closed before all was sent; 10 ${KEPT}`]]);
    expect(context.drops).toEqual([]);
  });

  it("ends within its time, also while a test has stopped the clock", async () => {
    const { spool, sink } = open({ acknowledges: false });
    spool.send(chunkMessage());
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    await spool.close({ timeoutMs: 100 });
    expect(sink.log).toContain("close 0");
  });

  it("waits two seconds for a first connection, and not at all after a failure to connect", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    for (const [lastError, wait] of [
      [undefined, 2000],
      [away, 0],
    ] as const) {
      const { spool, sink } = open({ acknowledges: false, state: "connecting", lastError });
      spool.send(chunkMessage());
      void spool.close({});
      await vi.advanceTimersByTimeAsync(Math.max(0, wait - 1));
      expect(sink.log.includes("close 0")).toBe(wait === 0);
      await vi.advanceTimersByTimeAsync(1);
      expect(sink.log).toContain("close 0");
    }
  });

  it("rejects with the failure of the store, unless everything has arrived", async () => {
    const failure = new RerunError("INTERNAL", "disk full");
    for (const acknowledges of [true, false]) {
      const { spool, sink, store } = open({ acknowledges });
      spool.send(chunkMessage());
      await turns();
      store.events?.onFailure(failure);
      const closing = spool.close({});
      if (!acknowledges) sink.context?.onDrop({ rows: 1, bytes: 1, reason: "closed" });
      if (acknowledges) await expect(closing).resolves.toBeUndefined();
      else await expect(closing).rejects.toBe(failure);
      expect(spool.stats().state).toBe("closed");
    }
  });

  it("passes nothing on any more, also if its sink cannot be closed", async () => {
    const { spool, sink, store } = open({ close: () => Promise.reject(new Error("no")) });
    await spool.close({});
    store.events?.onFound(5);
    await turns();
    expect([spool.stats().state, sink.messages]).toEqual(["closed", []]);
  });
});

describe("a spool that is closed without the event loop", () => {
  it("lets its sink finish if that can deliver, and at once if not", () => {
    for (const [properties, expected] of [
      [{}, ["begin 50", "closeSync 50 2000"]],
      [{ state: "connecting" }, ["begin 50", "closeSync 50 2000"]],
      [{ state: "connecting", lastError: away }, ["closeSync 0 2000"]],
      [{ state: "open", lastError: away }, ["begin 50", "closeSync 50 2000"]],
    ] as const) {
      const { spool, sink } = open(properties);
      spool.beginClose(50);
      spool.closeSync(50);
      expect(sink.log.slice(2)).toEqual(expected);
    }
  });

  it("leaves an empty store if the sink has everything and has lost nothing", () => {
    for (const [prepare, isEmpty] of [
      [() => {}, true],
      [({ spool }: Started) => spool.send(chunkMessage()), true],
      [
        ({ spool, sink }: Started) => {
          spool.send(chunkMessage());
          sink.context?.onDrop({ rows: 1, bytes: 1, reason: "closed" });
        },
        false,
      ],
      [({ store }: Started) => store.events?.onFound(5), false],
      [
        ({ spool, sink }: Started) => {
          spool.send(chunkMessage());
          Object.assign(sink, { closeSync: undefined });
        },
        false,
      ],
    ] as const) {
      const started = open({ acknowledges: false });
      prepare(started);
      started.spool.closeSync(50);
      expect([started.store.log.at(-1), started.spool.stats().state]).toEqual([`closeSync ${isEmpty}`, "closed"]);
      expect(started.context.warnings.length).toBe(isEmpty ? 0 : 1);
      started.spool.send(chunkMessage());
      expect(started.context.drops.length).toBe(1);
    }
  });

  it("does not send to a sink that has lost messages", () => {
    const { spool, sink } = open();
    sink.context?.onDrop({ rows: 1, bytes: 1, reason: "closed" });
    spool.beginClose(50);
    spool.closeSync(50);
    expect(sink.log.slice(2)).toEqual(["closeSync 0 2000"]);
  });
});

describe("a spool for the place of another one", () => {
  it("takes over what its sink can take over, and names options that it ignores", () => {
    const apply = (): void => {};
    const { spool } = open({ takeover: { apply, notice: "of the sink" } }, new LoggingStore(), { maxBytes: 1 });
    const other = (options: object): SpoolSink =>
      new SpoolSink(new ServerLike(), new LoggingStore(), () => [], options);
    expect(spool.takeOver(other({ maxBytes: 1 }))).toEqual({ apply, notice: "of the sink" });
    expect(spool.takeOver(other({ maxBytes: 2 }))?.notice).toContain("maxBytes");
    expect(spool.takeOver(new CollectingSink())).toEqual({});
    expect(open({ takeover: undefined }).spool.takeOver(other({}))).toBeUndefined();
  });
});

it("retained state that the store drops is dropped when the sink has lost it", () => {
  const { spool, sink, store, context } = open({ acknowledges: false });
  const info = storeInfoMessage(3);
  spool.send(info);
  const key = "storeInfo\0recording\0tests\0recording";
  store.events?.onEvicted({ firstId: 0, lastId: 0, rows: 0, bytes: 3, reason: "queue-full", key });
  expect(context.drops).toEqual([]);
  sink.context?.onDrop({ rows: 1, bytes: 1, reason: "closed" });
  expect(context.drops).toMatchObject([{ bytes: 3, reason: "queue-full" }]);
});
