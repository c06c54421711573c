import type { EncodedMessage, SinkStats } from "@rerun-ts/core";
import type { RecordingSink } from "@rerun-ts/core/transport";
import { chunkMessage, storeInfoMessage } from "@rerun-ts/test-support/common/encoded-messages";
import { CollectingSink } from "@rerun-ts/test-support/common/messages";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { SpoolForwarder } from "../../../dist/spool/spool-forwarder.js";
import type { EvictedFromSpool, SpoolSegment, SpoolStore } from "../../../dist/spool/spool-store.js";

const MIB = 1024 * 1024;

/** A message whose payload only claims to be large. */
function largeMessage(byteLength: number): EncodedMessage {
  return { ...chunkMessage(), payload: { byteLength } as Uint8Array<ArrayBuffer> };
}

/** A sink for a server, whose acknowledgements the test gives. */
class ServerLike extends CollectingSink {
  readonly acknowledgements: (() => void)[] = [];

  sendBacklog(message: EncodedMessage): void {
    this.send(message);
  }

  override flush(): Promise<void> {
    return new Promise((resolve) => this.acknowledgements.push(resolve));
  }

  override stats(): SinkStats {
    return { ...super.stats(), state: "open" };
  }
}

/** Has messages in memory. A segment is the ids of its messages, as bytes. */
class MemoryStore implements SpoolStore {
  readonly key = "memory";
  readonly isSynchronous = true;
  readonly messages = new Map<number, EncodedMessage>();
  readonly retained: EncodedMessage[] = [];
  readonly segments: number[][] = [[]];
  readonly log: string[] = [];
  /** Called before a segment is read. */
  onRead = (): void => {};

  open(): void {}
  append(message: EncodedMessage, id: number): void {
    if (id === 0) return void this.retained.push(message);
    this.messages.set(id, message);
    this.segments.at(-1)?.push(id);
  }
  claim(id: number): void {
    this.log.push(`claim ${id}`);
    this.messages.set(id, chunkMessage({ bytes: 7 }));
    this.segments.splice(-1, 0, [id]);
  }
  seal(): void {
    this.log.push("seal");
    this.segments.push([]);
  }
  async read(after: number): Promise<SpoolSegment | undefined> {
    this.log.push(`read after ${after}`);
    this.onRead();
    const segment = this.segments.find((ids) => (ids.at(-1) ?? 0) > after);
    // What is read is read whole: later messages go into another segment.
    if (segment !== undefined && segment === this.segments.at(-1)) this.segments.push([]);
    return segment && { rrd: Uint8Array.from(segment), lastId: segment.at(-1) ?? 0 };
  }
  release(id: number): void {
    this.log.push(`release ${id}`);
  }
  async flush(): Promise<void> {}
  async close(): Promise<void> {}
}

interface Started {
  readonly forwarder: SpoolForwarder;
  readonly sink: ServerLike;
  readonly store: MemoryStore;
  readonly drops: EvictedFromSpool[];
  readonly retainedDrops: EncodedMessage[];
  readonly released: Uint8Array[];
  readonly warnings: string[];
  /** How often there was progress. */
  readonly progressed: () => number;
  /** Acknowledges all that was asked for, until everything that follows has happened. */
  readonly acknowledge: (count?: number) => Promise<void>;
}

function start(sink = new ServerLike(), takesBuffers = false): Started {
  const store = new MemoryStore();
  const [drops, retainedDrops, released, warnings] = [[], [], [], []] as [
    EvictedFromSpool[],
    EncodedMessage[],
    Uint8Array[],
    string[],
  ];
  let progressed = 0;
  const read = (rrd: Uint8Array): EncodedMessage[] =>
    Array.from(rrd, (id) => {
      if (id > 200) throw new Error("not a message");
      return store.messages.get(id) as EncodedMessage;
    });
  const forwarder = new SpoolForwarder(sink, store, read, takesBuffers, {
    onDrop: (drop) => drops.push(drop),
    onRetainedDrop: (message) => retainedDrops.push(message),
    onRelease: (payload) => released.push(payload),
    onProgress: () => progressed++,
    onWarning: (message) => warnings.push(message),
  });
  const acknowledge = async (count = 100): Promise<void> => {
    for (let done = 0; done < count && sink.acknowledgements.length > 0; done++) {
      if (done === 99) throw new Error("there is no end of acknowledgements");
      sink.acknowledgements.shift()?.();
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    }
    await forwarder.settled;
  };
  return {
    forwarder,
    sink,
    store,
    drops,
    retainedDrops,
    released,
    warnings,
    progressed: () => progressed,
    acknowledge,
  };
}

function evicted(firstId: number, lastId: number, key?: string): EvictedFromSpool {
  return { firstId, lastId, bytes: 1, rows: lastId - firstId + 1, reason: "queue-full", key };
}

describe("messages of a spool", () => {
  it("are stored and passed on as they come, and released when they are acknowledged", async () => {
    const { forwarder, sink, store, released, acknowledge, progressed } = start();
    const messages = [chunkMessage({ bytes: 3 }), chunkMessage({ bytes: 4 })];
    for (const message of messages) forwarder.send(message);
    expect(sink.messages).toEqual(messages);
    expect([...store.messages.keys()]).toEqual([1, 2]);
    expect([forwarder.hasPassedAll, forwarder.isDelivered, forwarder.queuedBytes]).toEqual([true, false, 7]);
    await acknowledge(1);
    expect([forwarder.isDelivered, forwarder.queuedBytes, progressed()]).toEqual([false, 4, 1]);
    await acknowledge();
    expect([forwarder.isDelivered, forwarder.queuedBytes, progressed()]).toEqual([true, 0, 2]);
    expect(forwarder.progress.acknowledgedBytes).toBe(7);
    expect(store.log).toEqual(["release 1", "release 2"]);
    expect(released).toEqual([]);
  });

  it("are sent by `send` to a sink without a backlog", () => {
    const sink = new ServerLike();
    Object.assign(sink, { sendBacklog: undefined });
    const { forwarder } = start(sink);
    forwarder.send(chunkMessage());
    expect(sink.messages.length).toBe(1);
  });

  it("are only stored when the window is full, and read again in their order", async () => {
    const { forwarder, sink, store, released, acknowledge } = start();
    const messages = Array.from({ length: 6 }, () => largeMessage(5 * MIB));
    for (const message of messages) forwarder.send(message);
    await forwarder.settled;
    // The fourth is read again at once, because a segment may exceed the window.
    const passed = (): number[] => sink.messages.map((message) => messages.indexOf(message));
    expect(passed()).toEqual([0, 1, 2, 3]);
    expect(store.log.filter((entry) => entry === "seal")).toEqual(["seal"]);
    expect(released.map((payload) => messages.findIndex((message) => message.payload === payload))).toEqual([3, 4, 5]);
    expect(forwarder.isDelivered).toBe(false);
    await acknowledge();
    expect(passed()).toEqual([0, 1, 2, 3, 4, 5]);
    expect([forwarder.isDelivered, forwarder.queuedBytes]).toEqual([true, 0]);
    // It keeps up again.
    forwarder.send(chunkMessage());
    expect([sink.messages.length, released.length]).toEqual([7, 3]);
  });

  it("of earlier programs go first", async () => {
    const { forwarder, sink, store, acknowledge } = start();
    forwarder.addFound(100);
    forwarder.addFound(10);
    expect(forwarder.queuedBytes).toBe(110);
    const own = chunkMessage();
    forwarder.send(own);
    await forwarder.settled;
    await acknowledge();
    expect(store.log.slice(0, 2)).toEqual(["claim 1", "read after 0"]);
    expect(store.log).toContain("claim 2");
    expect(sink.messages).toEqual([store.messages.get(1), store.messages.get(2), own]);
    // What was found is counted with its frames, and nothing of that is left.
    expect([forwarder.isDelivered, forwarder.queuedBytes]).toEqual([true, 0]);
  });

  it("that cannot be read are skipped, with a warning", async () => {
    const { forwarder, sink, store, warnings, acknowledge } = start();
    store.read = async (after) =>
      after === 0 ? { rrd: Uint8Array.of(201, 202), lastId: 1 } : { rrd: new Uint8Array(), lastId: 2 };
    forwarder.addFound(5);
    forwarder.addFound(5);
    await forwarder.settled;
    await acknowledge();
    expect(warnings).toEqual(["2 bytes of the spool are damaged, and are skipped: not a message"]);
    expect([sink.messages, forwarder.isDelivered]).toEqual([[], true]);
  });

  it("that cannot be read now are kept, with one warning, and read again later", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { forwarder, sink, store, drops, warnings } = start();
    let failures = 3;
    store.onRead = () => {
      if (failures-- > 0) throw new Error("too many open files");
    };
    forwarder.addFound(7);
    for (const waitMs of [1000, 2000, 4000]) {
      await vi.advanceTimersByTimeAsync(waitMs - 1);
      // Other messages do not make it try more often.
      forwarder.send(chunkMessage());
      expect(sink.messages).toHaveLength(0);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(sink.messages.length).toBeGreaterThan(0);
    expect(store.log.filter((line) => line === "read after 0")).toHaveLength(4);
    expect(drops).toEqual([]);
    expect(warnings).toEqual(["cannot read the spool: too many open files; its data is kept, and read again later"]);
  });

  it("that the store has no more are not waited for", async () => {
    const { forwarder, store, progressed } = start();
    store.read = async () => undefined;
    forwarder.addFound(5);
    await forwarder.settled;
    expect([forwarder.hasPassedAll, progressed()]).toEqual([true, 1]);
  });

  it("that come while the rest of the store turns out to be gone are passed on later", async () => {
    const { forwarder, sink, store } = start();
    const late = chunkMessage();
    store.read = async (after) => {
      if (after > 0) return { rrd: Uint8Array.of(2), lastId: 2 };
      if (!store.messages.has(2)) forwarder.send(late);
      return undefined;
    };
    forwarder.addFound(5);
    await forwarder.settled;
    expect([sink.messages, forwarder.hasPassedAll]).toEqual([[late], true]);
  });
});

describe("the retained state of a spool", () => {
  it("is passed on before all other data, in copies if the sink takes the memory", async () => {
    const { forwarder, sink, store, acknowledge } = start(new ServerLike(), true);
    forwarder.addFound(5);
    forwarder.addFound(5);
    const info = storeInfoMessage(9);
    forwarder.send(info);
    await forwarder.settled;
    // The first segment was being read already.
    expect(sink.messages).toEqual([store.messages.get(1), info, store.messages.get(2)]);
    expect(sink.messages[1]?.payload).not.toBe(info.payload);
    expect(store.retained).toEqual([info]);
    await acknowledge();
    expect([forwarder.isDelivered, forwarder.progress.acknowledgedBytes]).toEqual([true, 23]);
  });

  it("is passed on as it is if the sink only reads it", async () => {
    const { forwarder, sink } = start();
    const info = storeInfoMessage(9);
    forwarder.send(info);
    await forwarder.settled;
    expect(sink.messages[0]).toBe(info);
    expect(forwarder.queuedBytes).toBe(9);
  });

  it("keeps later data back until it was passed on", async () => {
    const { forwarder, sink, store, acknowledge } = start();
    for (let count = 0; count < 4; count++) forwarder.send(largeMessage(4 * MIB));
    const info = storeInfoMessage(1);
    forwarder.send(info);
    const later = chunkMessage({ bytes: 0 });
    forwarder.send(later);
    await forwarder.settled;
    expect([sink.messages.slice(4), forwarder.hasPassedAll]).toEqual([[info], false]);
    expect(store.log).toEqual(["seal"]);
    await acknowledge();
    expect(sink.messages.slice(4)).toEqual([info, later]);
  });

  it("that the store has dropped is dropped, unless the sink has it", async () => {
    const { forwarder, sink, retainedDrops, acknowledge } = start();
    for (let count = 0; count < 2; count++) forwarder.send(largeMessage(9 * MIB));
    const one = chunkMessage({ isStatic: true, entityPath: "/one" });
    forwarder.send(one);
    await forwarder.settled;
    const key = (path: string): string => `static\0recording\0tests\0recording\0${path}\0Numbers:values`;
    forwarder.remove(evicted(0, 0, key("/two")));
    expect(retainedDrops).toEqual([]);
    forwarder.remove(evicted(0, 0, key("/one")));
    const isPassed = sink.messages.includes(one);
    expect(retainedDrops).toEqual(isPassed ? [] : [one]);
    forwarder.lose();
    expect(retainedDrops).toEqual([one]);
    await acknowledge();
    expect(retainedDrops).toEqual([one]);
  });
});

it("retained state that was acknowledged is not dropped, whatever becomes of the store and the sink", async () => {
  const { forwarder, retainedDrops, acknowledge } = start();
  forwarder.send(chunkMessage({ isStatic: true, entityPath: "/one" }));
  await forwarder.settled;
  await acknowledge();
  forwarder.remove(evicted(0, 0, "static\0recording\0tests\0recording\0/one\0Numbers:values"));
  forwarder.lose();
  expect(retainedDrops).toEqual([]);
});

describe("data that the store of a spool has removed", () => {
  it("is dropped if it was not passed on", async () => {
    const { forwarder, store, drops } = start();
    store.read = () => new Promise(() => {});
    forwarder.addFound(5);
    forwarder.send(chunkMessage({ bytes: 10 }));
    forwarder.remove({ ...evicted(1, 1), bytes: 5 });
    expect([drops, forwarder.queuedBytes]).toEqual([[{ ...evicted(1, 1), bytes: 5 }], 10]);
  });

  it("is not dropped if it was passed on, until the sink has lost it", () => {
    const { forwarder, drops } = start();
    forwarder.send(chunkMessage({ rows: 3 }));
    forwarder.remove(evicted(1, 1));
    expect([drops, forwarder.hasLost]).toEqual([[], false]);
    forwarder.lose();
    expect([drops, forwarder.hasLost]).toEqual([[{ ...evicted(1, 1), rows: 3 }], true]);
  });
});

describe("nothing more of a spool is passed on", () => {
  it("after the sink has lost messages, although it is stored", async () => {
    const { forwarder, sink, store, released } = start();
    forwarder.send(chunkMessage());
    forwarder.lose();
    forwarder.send(chunkMessage());
    forwarder.send(storeInfoMessage());
    await forwarder.settled;
    expect([sink.messages.length, store.messages.size, store.retained.length, released.length]).toEqual([1, 2, 1, 1]);
    expect(forwarder.isDelivered).toBe(false);
  });

  it("after it was closed, nor what is being read then", async () => {
    for (const end of ["close", "lose"] as const) {
      const { forwarder, sink, store } = start();
      store.onRead = () => forwarder[end]();
      forwarder.addFound(5);
      await forwarder.settled;
      forwarder.addFound(5);
      await forwarder.settled;
      expect([sink.messages, store.log]).toEqual([[], ["claim 1", "read after 0", "claim 2"]]);
    }
  });
});

it("a connection that comes back is asked for acknowledgements", async () => {
  const sink = new ServerLike();
  let state: SinkStats["state"] = "connecting";
  sink.stats = () => ({ ...CollectingSink.prototype.stats.call(sink as RecordingSink as CollectingSink), state });
  const { forwarder, acknowledge } = start(sink);
  forwarder.send(chunkMessage());
  expect(sink.acknowledgements.length).toBe(0);
  state = "open";
  forwarder.resume();
  await acknowledge();
  expect(forwarder.isDelivered).toBe(true);
});
