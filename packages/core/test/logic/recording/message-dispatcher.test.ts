import {
  BATCHER_PRESETS,
  MemorySink,
  RerunError,
  type BlueprintLike,
  type EncodedMessage,
  type RecordingEvents,
  type RecordingOptions,
  type SinkStats,
} from "@rerun-ts/core";
import type { RecordingSink, RecordingSinkContext } from "@rerun-ts/core/transport";
import { activationMessage, chunkMessage, storeInfoMessage } from "@rerun-ts/test-support/common/encoded-messages";
import { CollectingSink, numbers } from "@rerun-ts/test-support/common/messages";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Batcher } from "../../../dist/batch/batcher.js";
import { TuidGenerator } from "../../../dist/batch/tuid.js";
import { EventHub } from "../../../dist/recording/events.js";
import { MessageDispatcher } from "../../../dist/recording/message-dispatcher.js";
import { setUpRecording } from "../../../dist/recording/recording-setup.js";
import { Reporter } from "../../../dist/recording/reporter.js";
import { Clock } from "../../../dist/time/clock.js";
import { TimePoint } from "../../../dist/time/time-point.js";
import { TimelineRegistry } from "../../../dist/time/timeline.js";

/** A sink whose place is named, and whose end the test decides. */
class NamedSink extends CollectingSink {
  override readonly key: string;
  readonly closedWith: unknown[] = [];
  batching: RecordingSink["batching"];
  context: RecordingSinkContext | undefined;
  state: SinkStats["state"] = "open";
  failure: RerunError | undefined;
  droppedRows = 0;
  takesBuffers = false;
  isSynchronous = false;

  constructor(key: string, properties: Partial<NamedSink> = {}) {
    super();
    this.key = key;
    Object.assign(this, properties);
  }

  override open(context: RecordingSinkContext): void {
    this.context = context;
  }

  override async flush(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
  }

  override async close(options?: unknown): Promise<void> {
    this.closedWith.push(options);
    if (this.failure !== undefined) throw this.failure;
  }

  override stats(): SinkStats {
    return { ...super.stats(), state: this.state, droppedRows: this.droppedRows, queuedBytes: 5 };
  }
}

function start(options: RecordingOptions = {}, hostBatcher = {}) {
  const warnings: RerunError[] = [];
  const errors: RerunError[] = [];
  const setup = setUpRecording(
    "tests",
    {
      recordingId: "recording",
      onWarning: (warning) => warnings.push(warning),
      onError: (error) => errors.push(error),
      ...options,
    },
    { maxBacklogBytes: 100_000, settings: () => ({ batcher: hostBatcher }) },
  );
  const events = new EventHub(() => {});
  const drops: RecordingEvents["drop"][] = [];
  events.add("drop", (drop) => drops.push(drop));
  let updates = 0;
  const ids = new TuidGenerator();
  const clock = new Clock();
  const dispatcher: MessageDispatcher = new MessageDispatcher(setup, events, new Reporter(setup, events), {
    rows: () => rows,
    updateLive: () => updates++,
  });
  const batcher = new Batcher({ ...BATCHER_PRESETS.never }, clock, ids, dispatcher, () => {});
  const rows = {
    batcher,
    isOpen: true,
    nextId: () => {
      ids.next(clock);
      return ids;
    },
  };
  const registry = new TimelineRegistry();
  const point = new TimePoint(registry, {});
  const fixed = new TimePoint(registry, {});
  const frames = registry.resolve("frame", "sequence");
  let frame = 0;
  return {
    dispatcher,
    rows,
    warnings,
    errors,
    drops,
    updates: () => updates,
    log: (path: string, values: Parameters<typeof numbers>[0] = 1, isStatic = false): void => {
      point.assign(frames, frame++, 0);
      batcher.append(batcher.entities.at(path), numbers(values), isStatic ? fixed : point, 0);
    },
  };
}

/** The entities of the chunks that a sink has received, and the kinds of other messages. */
function received({ messages }: CollectingSink): string[] {
  return messages.map(({ kind, manifest }) => manifest?.entityPath ?? kind);
}

function layoutOf(name: string): BlueprintLike {
  return { encodeBlueprint: () => [storeInfoMessage(1, name)] } as BlueprintLike;
}

const timeout = new RerunError("TIMEOUT", "timed out");
const broken = new RerunError("CONNECTION", "gone");

describe("a dispatcher sends", () => {
  it("each chunk to all sinks, counted once", async () => {
    const { dispatcher, log } = start();
    const sinks = [new NamedSink("a"), new NamedSink("b")];
    await dispatcher.setSinks(sinks, {});
    log("/x");
    log("/y");
    dispatcher.flushRows();
    for (const sink of sinks) expect(received(sink)).toEqual(["storeInfo", "/x", "/y"]);
    const bytes = (sinks[0]?.messages ?? []).slice(1).reduce((sum, { payload }) => sum + payload.byteLength, 0);
    expect([dispatcher.chunks, dispatcher.bytes]).toEqual([2, bytes]);
  });

  it("messages whose memory is not used again while a sink still reads them", async () => {
    // [keeps messages, chunk is static, distinct memory]
    for (const [properties, isStatic, isDistinct] of [
      [{ isSynchronous: true }, false, false],
      [{ isSynchronous: true }, true, true],
      [{}, false, true],
      [{ takesBuffers: true }, false, true],
    ] as const) {
      const { dispatcher, log } = start();
      const sink = new NamedSink("a", properties);
      await dispatcher.setSinks([sink], {});
      for (let entity = 0; entity < 6; entity++) {
        log(`/${entity}`, 1, isStatic);
        dispatcher.flushRows();
      }
      const buffers = new Set(sink.messages.slice(1).map(({ payload }) => payload.buffer));
      expect(buffers.size === 6).toBe(isDistinct);
    }
  });

  it("messages with memory of their own that a sink logs while it is sent another", async () => {
    const { dispatcher, rows, log } = start();
    rows.batcher.config = { ...rows.batcher.config, flushNumRows: 1 };
    const sink = new NamedSink("a", { isSynchronous: true });
    const payloads: ArrayBuffer[] = [];
    sink.send = ({ manifest, payload }: EncodedMessage) => {
      payloads.push(payload.buffer);
      if (manifest?.entityPath !== "/x") return;
      rows.batcher.config = { ...rows.batcher.config, flushNumRows: 1 };
      log("/y");
      log("/z");
    };
    await dispatcher.setSinks([sink], {});
    rows.batcher.config = { ...rows.batcher.config, flushNumRows: 1 };
    log("/x");
    expect(new Set(payloads.slice(1)).size).toBe(3);
  });

  it("a note whether more chunks follow", async () => {
    const { dispatcher, log } = start();
    const notes: boolean[] = [];
    await dispatcher.setSinks([new NamedSink("a", { expectMore: (more: boolean) => notes.push(more) } as object)], {});
    notes.length = 0;
    log("/x");
    dispatcher.flushRows();
    expect(notes).toEqual([true, false]);
  });

  it("the other chunks if one cannot be encoded, and reports the rows that are lost", async () => {
    const { dispatcher, log, errors } = start();
    const sink = new NamedSink("a");
    await dispatcher.setSinks([sink], {});
    dispatcher.send({ entityPath: "/bad", from: 1, to: 4, times: [] } as never);
    expect(errors.map(({ code, message }) => [code, message.slice(0, 25)])).toEqual([
      ["INTERNAL", "3 rows of `/bad` are lost"],
    ]);
    log("/x");
    dispatcher.flushRows();
    expect([received(sink), dispatcher.chunks]).toEqual([["storeInfo", "/x"], 1]);
  });
});

describe("sinks that take over", () => {
  it("receive what was buffered, the retained state and the blueprint of the program", async () => {
    const { dispatcher, log } = start();
    dispatcher.hold({});
    log("/fixed", 1, true);
    log("/x");
    const first = new NamedSink("first");
    await dispatcher.setSinks([first], {});
    expect(received(first)).toEqual(["storeInfo", "/fixed", "/x"]);
    dispatcher.sendBlueprint(layoutOf("layout"), { makeActive: true, makeDefault: false });
    const second = new NamedSink("second");
    await dispatcher.setSinks([second], { defaultBlueprint: layoutOf("other") });
    // The default layout is sent once; that of the program is retained.
    expect(second.messages.map(({ kind, storeId }) => [kind, storeId.recordingId])).toEqual([
      ["storeInfo", "other"],
      ["activation", "other"],
      ["storeInfo", "recording"],
      ["storeInfo", "layout"],
      ["chunk", "recording"],
      ["activation", "layout"],
    ]);
    expect(first.closedWith.length).toBe(1);
    const third = new NamedSink("third");
    await dispatcher.setSinks([third], {});
    const layouts = third.messages
      .filter(({ kind }) => kind === "activation")
      .map(({ storeId }) => storeId.recordingId);
    expect(layouts).toEqual(["layout"]);
  });

  it("receive the rows that are pending with the old ones", async () => {
    const { dispatcher, log } = start();
    const [first, second] = [new NamedSink("first"), new NamedSink("second")];
    await dispatcher.setSinks([first], {});
    log("/x");
    await dispatcher.setSinks([second], {});
    log("/y");
    dispatcher.flushRows();
    expect([received(first), received(second)]).toEqual([
      ["storeInfo", "/x"],
      ["storeInfo", "/y"],
    ]);
  });

  it("keep a blueprint without messages from replacing the default one", async () => {
    const { dispatcher } = start();
    dispatcher.hold({});
    dispatcher.sendBlueprint({ encodeBlueprint: () => [] } as BlueprintLike, { makeActive: true, makeDefault: true });
    await dispatcher.setSinks([new NamedSink("a")], { defaultBlueprint: layoutOf("layout") });
    const second = new NamedSink("b");
    await dispatcher.setSinks([second], {});
    expect(second.messages.map(({ storeId }) => storeId.recordingId)).toContain("layout");
  });

  it("receive the data without a default blueprint that is invalid, which is reported", async () => {
    const { dispatcher, warnings } = start();
    const sink = new NamedSink("a");
    await dispatcher.setSinks([sink], { defaultBlueprint: 5 as never });
    expect(received(sink)).toEqual(["storeInfo"]);
    expect(warnings.map(({ message }) => message)).toEqual([
      "`defaultBlueprint` must be a `Blueprint`, got 5; it was not sent",
    ]);
    const strict = start({ strict: true });
    await expect(strict.dispatcher.setSinks([sink], { defaultBlueprint: 5 as never })).rejects.toThrow(
      "`defaultBlueprint` must be",
    );
  });

  it("decide about batching, unless the host or the user do", async () => {
    const limits = async (options: RecordingOptions, host: object, sinks: readonly RecordingSink[]) => {
      const { dispatcher, rows } = start(options, host);
      await dispatcher.setSinks(sinks, {});
      return [rows.batcher.config.flushTickMs, rows.batcher.config.flushNumRows];
    };
    const sink = new NamedSink("a", { batching: { flushTickMs: 3, flushNumRows: 30 } });
    expect(await limits({}, {}, [sink])).toEqual([3, 30]);
    const hosted = new NamedSink("a", { batching: { flushTickMs: 3, flushNumRows: 30 } });
    expect(await limits({}, { flushNumRows: 40 }, [hosted])).toEqual([3, 40]);
    const users = new NamedSink("a", { batching: { flushTickMs: 3, flushNumRows: 30 } });
    expect(await limits({ batcher: { flushTickMs: 5 } }, { flushNumRows: 40 }, [users])).toEqual([5, Infinity]);
  });

  it("are refused after the recording was closed, and ignored if it is disabled", async () => {
    const closed = start();
    closed.dispatcher.closing = Promise.resolve(closed.dispatcher.result(true));
    await expect(closed.dispatcher.setSinks([new NamedSink("a")], {})).rejects.toMatchObject({ code: "CLOSED" });
    await expect(closed.dispatcher.disconnect({})).rejects.toMatchObject({ code: "CLOSED" });
    const disabled = start({ enabled: false });
    const sink = new NamedSink("a");
    await disabled.dispatcher.setSinks([sink], {});
    expect([sink.context, disabled.warnings.map(({ code }) => code)]).toEqual([undefined, ["DISABLED"]]);
  });

  it("are set in the same call, or after the message of the sink or listener that has called", async () => {
    const { dispatcher, log } = start();
    const second = new NamedSink("second");
    const first = new NamedSink("first");
    let setting: Promise<void> | undefined;
    let isOpenAtOnce = true;
    first.send = (message) => {
      first.messages.push(message);
      if (message.kind !== "chunk") return;
      setting ??= dispatcher.setSinks([second], {});
      isOpenAtOnce = second.context !== undefined;
    };
    void dispatcher.setSinks([first], {});
    expect(first.context).toBeDefined();
    log("/x");
    log("/y");
    dispatcher.flushRows();
    expect(isOpenAtOnce).toBe(false);
    await setting;
    expect([received(first), received(second)]).toEqual([["storeInfo", "/x", "/y"], ["storeInfo"]]);
  });

  it("are set after the replacement that calls, if a listener asks for it", async () => {
    const { dispatcher } = start();
    const log: string[] = [];
    let setting: Promise<void> | undefined;
    const second = new NamedSink("second", { open: () => void log.push("second") });
    const first = new NamedSink("first", {
      open: () => {
        setting = dispatcher.setSinks([second], {});
        log.push("first");
      },
    });
    await dispatcher.setSinks([first], {});
    await setting;
    expect(log).toEqual(["first", "second"]);
    expect(dispatcher.sinks.sinks).toEqual([second]);
  });

  it("fail the call if they cannot be opened; those of before only report their failure", async () => {
    const { dispatcher, errors, warnings, updates } = start();
    const first = new NamedSink("first", { failure: broken });
    await dispatcher.setSinks([first], {});
    const failing = new NamedSink("failing", { open: () => Promise.reject(new Error("no")) as never });
    await expect(dispatcher.setSinks([failing], {})).rejects.toThrow("no");
    expect(errors).toContain(broken);
    const before = updates();
    const throwing = new NamedSink("throwing", {
      open: () => {
        throw new Error("at once");
      },
    });
    await expect(dispatcher.setSinks([throwing], {})).rejects.toThrow("at once");
    expect([dispatcher.sinks.sinks, updates()]).toEqual([[failing], before]);
    expect(errors.map(({ message }) => message)).toContain("at once");
    // It is not busy any more.
    const last = new NamedSink("last");
    void dispatcher.setSinks([last], {});
    expect(last.context).toBeDefined();
    expect(warnings).toEqual([]);
  });

  it("are warned about if there are none", async () => {
    const { dispatcher, warnings } = start();
    await dispatcher.setSinks([], {});
    expect(warnings.map(({ message }) => message)).toEqual([
      "the recording has no sinks; data is dropped until one is set",
    ]);
  });
});

describe("a flush", () => {
  it("sends pending rows, and has the numbers of all sinks", async () => {
    const { dispatcher, log } = start();
    const sink = new NamedSink("a", { droppedRows: 4 });
    await dispatcher.setSinks([sink], {});
    log("/x");
    const result = await dispatcher.flush({});
    expect(received(sink)).toEqual(["storeInfo", "/x"]);
    expect(result).toMatchObject({ complete: true, pendingBytes: 5, droppedRows: 4, sinks: [{ kind: "collecting" }] });
  });

  it("is not complete if a sink timed out, and fails with any other error", async () => {
    const { dispatcher } = start();
    const sink = new NamedSink("a", { failure: timeout });
    await dispatcher.setSinks([sink], {});
    expect(await dispatcher.flush({})).toMatchObject({ complete: false });
    sink.failure = broken;
    await expect(dispatcher.flush({})).rejects.toBe(broken);
    sink.flush = () => new Promise(() => {});
    expect(await dispatcher.flush({ timeoutMs: 0 })).toMatchObject({ complete: false });
  });

  it("inside a sink sends what the sink has logged", async () => {
    const { dispatcher, log } = start();
    let flushing: Promise<unknown> | undefined;
    const sink = new NamedSink("a");
    sink.send = (message) => {
      sink.messages.push(message);
      if (message.manifest?.entityPath !== "/x") return;
      flushing = dispatcher.flush({});
      log("/y");
    };
    await dispatcher.setSinks([sink], {});
    log("/x");
    dispatcher.flushRows();
    await flushing;
    expect(received(sink)).toEqual(["storeInfo", "/x", "/y"]);
  });
});

it("rows that sinks log while they are sent others are sent by the same flush", async () => {
  const { dispatcher, log } = start();
  const sink = new NamedSink("a");
  const next: Readonly<Record<string, string>> = { "/a": "/b", "/b": "/c" };
  sink.send = (message) => {
    sink.messages.push(message);
    const path = next[message.manifest?.entityPath ?? ""];
    if (path === undefined) return;
    log(path);
    dispatcher.flushRows();
  };
  await dispatcher.setSinks([sink], {});
  log("/a");
  dispatcher.flushRows();
  expect(received(sink)).toEqual(["storeInfo", "/a", "/b", "/c"]);
});

describe("a disconnect", () => {
  it("is not complete if a sink timed out, and fails with any other error", async () => {
    const { dispatcher, warnings } = start();
    await dispatcher.setSinks([new NamedSink("a", { failure: timeout })], {});
    expect(await dispatcher.disconnect({})).toMatchObject({ complete: false });
    expect(warnings.map(({ code }) => code)).toEqual(["TIMEOUT"]);
    await dispatcher.setSinks([new NamedSink("b", { failure: broken })], {});
    await expect(dispatcher.disconnect({})).rejects.toBe(broken);
  });

  it("closes the sinks, and keeps what is logged for the next ones", async () => {
    const { dispatcher, log, updates } = start();
    const first = new NamedSink("first", { droppedRows: 2 });
    await dispatcher.setSinks([first], {});
    expect(updates()).toBeGreaterThan(0);
    log("/x");
    const result = await dispatcher.disconnect({ timeoutMs: 50 });
    expect(result).toMatchObject({ complete: true, pendingBytes: 5, droppedRows: 2, sinks: [{ kind: "collecting" }] });
    expect(first.closedWith).toEqual([{ timeoutMs: 50 }]);
    log("/y");
    const second = new NamedSink("second");
    await dispatcher.setSinks([second], {});
    expect([received(first), received(second)]).toEqual([
      ["storeInfo", "/x"],
      ["storeInfo", "/y"],
    ]);
  });

  it("inside a sink comes after the message that is being sent", async () => {
    const { dispatcher, log } = start();
    let disconnecting: Promise<unknown> | undefined;
    const sinks = ["first", "second"].map((key) => new NamedSink(key)) as [NamedSink, NamedSink];
    sinks[0].send = ({ kind }) => {
      if (kind === "chunk") disconnecting ??= dispatcher.disconnect({});
    };
    await dispatcher.setSinks(sinks, {});
    for (const path of ["/x", "/y"]) log(path);
    dispatcher.flushRows();
    await disconnecting;
    expect([received(sinks[1]), sinks[1].closedWith.length]).toEqual([["storeInfo", "/x", "/y"], 1]);
  });

  it("keeps no more than the limit of the backlog", async () => {
    const { dispatcher, drops, rows, log } = start({ maxBacklogBytes: 5000 });
    dispatcher.hold({});
    rows.batcher.config = { ...rows.batcher.config, flushNumRows: 1 };
    for (let row = 0; row < 20; row++) log("/x", [...Array(100).keys()]);
    expect(drops.reduce((sum, { rows: dropped }) => sum + dropped, 0)).toBeGreaterThan(10);
    expect(drops.every(({ reason }) => reason === "backlog-full")).toBe(true);
  });
});

describe("a close", () => {
  it("sends what is pending and closes the sinks, within five seconds unless more are given", async () => {
    const { dispatcher, rows, log, updates } = start();
    const sink = new NamedSink("a");
    await dispatcher.setSinks([sink], {});
    log("/x");
    const before = updates();
    expect(await dispatcher.close({})).toMatchObject({ complete: true, droppedRows: 0 });
    expect([received(sink), sink.closedWith]).toEqual([["storeInfo", "/x"], [{ timeoutMs: 5000 }]]);
    // Once for the sink, and once for all.
    expect([rows.isOpen, updates() - before]).toEqual([false, 2]);
    const other = start();
    const patient = new NamedSink("a");
    await other.dispatcher.setSinks([patient], {});
    await other.dispatcher.close({ timeoutMs: 7 });
    expect(patient.closedWith).toEqual([{ timeoutMs: 7 }]);
  });

  it("sends what sinks log while the last rows are sent, and nothing later", async () => {
    const { dispatcher, rows, log } = start();
    const sink = new NamedSink("a");
    sink.send = (message) => {
      sink.messages.push(message);
      if (message.kind === "chunk" && rows.isOpen) log("/again");
    };
    await dispatcher.setSinks([sink], {});
    log("/x");
    await dispatcher.close({});
    expect(received(sink).slice(0, 3)).toEqual(["storeInfo", "/x", "/again"]);
  });

  it("is not complete if a sink timed out, which is a warning, and fails with any other error", async () => {
    const { dispatcher, warnings } = start();
    await dispatcher.setSinks([new NamedSink("a", { failure: timeout })], {});
    expect(await dispatcher.close({})).toMatchObject({ complete: false });
    expect(warnings.map(({ message }) => message)).toEqual(["timed out"]);
    const other = start();
    await other.dispatcher.setSinks([new NamedSink("a", { failure: broken })], {});
    const before = other.updates();
    await expect(other.dispatcher.close({})).rejects.toBe(broken);
    expect(other.updates()).toBeGreaterThan(before);
  });

  it("is not complete if a sink does not end in time, also while a test has stopped the clock", async () => {
    const { dispatcher } = start();
    await dispatcher.setSinks([new NamedSink("a", { close: () => new Promise(() => {}) })], {});
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    expect(await dispatcher.close({ timeoutMs: 10 })).toMatchObject({ complete: false });
  });

  it("is not complete if there never was a sink, and complete without data", async () => {
    for (const hasData of [true, false]) {
      const { dispatcher, log } = start();
      dispatcher.hold({});
      if (hasData) log("/x");
      expect(await dispatcher.close({})).toMatchObject({ complete: !hasData, droppedRows: hasData ? 1 : 0 });
    }
  });

  it("without the event loop has the numbers of that moment, unless the recording was closed before", async () => {
    const { dispatcher, updates } = start();
    await dispatcher.setSinks([new NamedSink("a", { droppedRows: 3 })], {});
    const before = updates();
    dispatcher.onClosed();
    expect(updates()).toBe(before + 1);
    expect(await dispatcher.closing).toMatchObject({ complete: true, droppedRows: 3 });
    const { closing } = dispatcher;
    dispatcher.onClosed();
    expect(dispatcher.closing).toBe(closing);
  });
});

it("drops that are reported while logged data is passed on are one event for each sink", async () => {
  const { dispatcher, drops, log } = start();
  const sink = new NamedSink("a");
  sink.send = ({ manifest }) => {
    if (manifest?.entityPath === "/x") for (const path of ["/y", "/z"]) log(path);
    if (manifest?.entityPath === "/x") dispatcher.flushRows();
    if (manifest !== undefined) sink.context?.onDrop({ rows: 1, bytes: 1, reason: "queue-full" });
  };
  await dispatcher.setSinks([sink], {});
  log("/x");
  dispatcher.flushRows();
  expect(drops.map(({ rows }) => rows)).toEqual([1, 2]);
});

it("a sink reads the rows that are pending when it asks for them, and gives memory back", async () => {
  const { dispatcher, log } = start();
  const memory = new MemorySink();
  const asking = new NamedSink("asking", { takesBuffers: true });
  await dispatcher.setSinks([asking], {});
  for (const path of ["/x", "/y"]) log(path);
  asking.context?.flushRows();
  expect(received(asking)).toEqual(["storeInfo", "/x", "/y"]);
  expect([asking.context?.applicationId, asking.context?.recordingId]).toEqual(["tests", "recording"]);
  const used = asking.messages.slice(1).map(({ payload }) => payload as Uint8Array<ArrayBuffer>);
  for (const payload of used) asking.context?.recycle(payload);
  for (const path of ["/a", "/b", "/c"]) log(path);
  asking.context?.flushRows();
  const buffers = used.map(({ buffer }) => buffer);
  expect(asking.messages.slice(3).some(({ payload }) => buffers.includes(payload.buffer))).toBe(true);
  await dispatcher.setSinks([memory], {});
  log("/z");
  dispatcher.flushRows();
  expect(readChunks(memory.drainAsBytes()).map(({ entityPath }) => entityPath)).toEqual(["/z"]);
});

it("a sink that takes memory beside another one gets its copy of a large message in memory that it gave back", async () => {
  const { dispatcher } = start();
  const taking = new NamedSink("taking", { takesBuffers: true });
  await dispatcher.setSinks([taking, new NamedSink("keeping")], {});
  const payload = new Uint8Array(100_000).map((_, index) => index);
  const message = { ...chunkMessage(), payload };
  dispatcher.sender.send([message], true);
  const [first] = taking.messages.splice(0).slice(-1);
  expect(first?.payload).toEqual(payload);
  expect(first?.payload.buffer).not.toBe(payload.buffer);
  taking.context?.recycle(first?.payload as Uint8Array<ArrayBuffer>);
  dispatcher.sender.send([message], true);
  expect(taking.messages.at(-1)?.payload.buffer).toBe(first?.payload.buffer);
});

it("messages that are encoded already are sent in their order", async () => {
  const { dispatcher } = start();
  const sink = new NamedSink("a");
  await dispatcher.setSinks([sink], {});
  const messages = [storeInfoMessage(1, "layout"), activationMessage("layout"), chunkMessage()];
  dispatcher.sender.send(messages, false);
  expect(sink.messages.slice(1)).toEqual(messages);
});
