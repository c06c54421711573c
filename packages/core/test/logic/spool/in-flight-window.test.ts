import type { SinkStats } from "@rerun-ts/core";
import type { RecordingSink } from "@rerun-ts/core/transport";
import { CollectingSink } from "@rerun-ts/test-support/common/messages";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { InFlightWindow } from "../../../dist/spool/in-flight-window.js";
import type { EvictedFromSpool } from "../../../dist/spool/spool-store.js";

const MIB = 1024 * 1024;

/** A sink whose acknowledgements the test gives or refuses. */
class AskedSink extends CollectingSink {
  state: SinkStats["state"] = "open";
  /** The options of each `flush`, and how to end it. */
  readonly asked: { readonly ack: boolean | undefined; acknowledge(): Promise<void>; refuse(): Promise<void> }[] = [];

  override flush(options: Parameters<RecordingSink["flush"]>[0] = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      this.asked.push({
        ack: options.ack,
        acknowledge: () => settled(resolve),
        refuse: () => settled(() => reject(new Error("away"))),
      });
    });
  }

  override stats(): SinkStats {
    return { ...super.stats(), state: this.state };
  }
}

/** Settles a promise, and waits until those that wait for it have run. */
async function settled(settle: () => void): Promise<void> {
  settle();
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

interface Started {
  readonly window: InFlightWindow;
  readonly sink: AskedSink;
  /** The newest id, the bytes and the keys of each acknowledgement. */
  readonly acknowledged: (readonly [number, number, readonly string[]])[];
  readonly lost: EvictedFromSpool[];
}

function start(): Started {
  const sink = new AskedSink();
  const acknowledged: Started["acknowledged"] = [];
  const lost: EvictedFromSpool[] = [];
  const window = new InFlightWindow(
    sink,
    (...newest) => acknowledged.push(newest),
    (evicted) => lost.push(evicted),
  );
  return { window, sink, acknowledged, lost };
}

function segment(firstId: number, lastId: number): EvictedFromSpool {
  return { firstId, lastId, bytes: 100, rows: 100, reason: "queue-full" };
}

describe("a window of messages in flight", () => {
  it("has room for one message of any size, and for more up to 16 MiB", async () => {
    const { window, sink } = start();
    expect([window.isEmpty, window.hasRoom(100 * MIB)]).toEqual([true, true]);
    window.add(1, 15 * MIB, 1);
    expect([window.isEmpty, window.hasRoom(MIB), window.hasRoom(MIB + 1)]).toEqual([false, true, false]);
    window.add(2, MIB, 1);
    expect([window.hasRoom(0), window.hasRoom(1)]).toEqual([true, false]);
    await sink.asked[0]?.acknowledge();
    expect([window.hasRoom(15 * MIB), window.hasRoom(15 * MIB + 1)]).toEqual([true, false]);
  });

  it("asks for an acknowledgement at once, and again after each 2 MiB, not for every message", async () => {
    const { window, sink, acknowledged } = start();
    for (let id = 1; id <= 3; id++) window.add(id, MIB - 1, 1);
    expect(sink.asked.map(({ ack }) => ack)).toEqual([true]);
    window.add(4, 1, 1);
    expect(sink.asked.length).toBe(1);
    window.add(5, 1, 1);
    expect(sink.asked.length).toBe(2);
    await sink.asked[0]?.acknowledge();
    expect(acknowledged).toEqual([[1, MIB - 1, []]]);
    await sink.asked[1]?.acknowledge();
    expect(acknowledged[1]).toEqual([5, 2 * MIB, []]);
    expect([window.isEmpty, sink.asked.length]).toEqual([true, 2]);
  });

  it("asks for the rest when an acknowledgement has come and none is pending", async () => {
    const { window, sink, acknowledged } = start();
    window.add(1, 1, 1);
    window.add(2, 1, 1);
    await sink.asked[0]?.acknowledge();
    expect([acknowledged.length, sink.asked.length]).toEqual([1, 2]);
    await sink.asked[1]?.acknowledge();
    expect(acknowledged).toEqual([
      [1, 1, []],
      [2, 1, []],
    ]);
    expect(sink.asked.length).toBe(2);
  });

  it("counts a message once, in whatever order acknowledgements come", async () => {
    const { window, sink, acknowledged } = start();
    window.add(1, 1, 1);
    window.add(2, 2 * MIB, 1);
    await sink.asked[1]?.acknowledge();
    await sink.asked[0]?.acknowledge();
    expect(acknowledged).toEqual([[2, 2 * MIB + 1, []]]);
    expect([window.isEmpty, window.hasRoom(16 * MIB)]).toEqual([true, true]);
  });

  it("reports the keys of the retained state, which does not change the newest id", async () => {
    const { window, sink, acknowledged } = start();
    window.add(7, 2 * MIB, 1);
    window.add(0, 2 * MIB, 1, "store");
    window.add(0, 2 * MIB, 1, "blueprint");
    await sink.asked[2]?.acknowledge();
    expect(acknowledged).toEqual([[7, 6 * MIB, ["store", "blueprint"]]]);
  });

  it("asks again after a refusal, a moment later", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { window, sink, acknowledged } = start();
    window.add(1, 1, 1);
    await sink.asked[0]?.refuse();
    expect([sink.asked.length, acknowledged.length]).toEqual([1, 0]);
    await vi.advanceTimersByTimeAsync(199);
    expect(sink.asked.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(sink.asked.length).toBe(2);
    await sink.asked[1]?.acknowledge();
    expect(acknowledged).toEqual([[1, 1, []]]);
  });

  it("asks for nothing without a connection, until there is one", async () => {
    const { window, sink, acknowledged } = start();
    sink.state = "connecting";
    window.resume();
    window.add(1, 1, 1);
    expect(sink.asked.length).toBe(0);
    sink.state = "open";
    window.resume();
    window.resume();
    expect(sink.asked.length).toBe(1);
    await sink.asked[0]?.acknowledge();
    expect(acknowledged).toEqual([[1, 1, []]]);
  });

  it("does not keep the program running while it waits to ask again", async () => {
    const { window, sink } = start();
    const timers: { hasRef?(): boolean }[] = [];
    const { setTimeout: start_ } = globalThis;
    const spy = vi.spyOn(globalThis, "setTimeout").mockImplementation(((...args: Parameters<typeof start_>) => {
      const timer = start_(...args);
      timers.push(timer as never);
      return timer;
    }) as never);
    onTestFinished(() => spy.mockRestore());
    window.add(1, 1, 1);
    await sink.asked[0]?.refuse();
    expect(new Set(timers.map((timer) => timer.hasRef?.()))).toEqual(new Set([false]));
    window.end();
  });
});

describe("messages in flight that the store has removed", () => {
  it("are lost when the sink has lost them, and not if they were acknowledged before", async () => {
    const { window, sink, lost } = start();
    for (let id = 1; id <= 4; id++) window.add(id, 2 * MIB, 10 * id);
    window.remove(segment(1, 2));
    window.remove(segment(3, 3));
    await sink.asked[1]?.acknowledge();
    expect(lost).toEqual([]);
    window.end();
    expect(lost).toEqual([{ ...segment(3, 3), rows: 30 }]);
  });

  it("are lost in part if the rest of the segment was acknowledged", async () => {
    const { window, sink, lost } = start();
    for (let id = 1; id <= 3; id++) window.add(id, 2 * MIB, 10 * id);
    window.remove(segment(1, 3));
    await sink.asked[0]?.acknowledge();
    window.end();
    expect(lost).toEqual([{ ...segment(1, 3), rows: 50 }]);
  });

  it("are lost at once after the sink has lost them, each row once", () => {
    const { window, lost } = start();
    window.add(1, 1, 10);
    window.add(2, 1, 20);
    window.end();
    window.end();
    window.remove(segment(2, 2));
    window.remove(segment(1, 2));
    window.remove(segment(1, 2));
    expect(lost.map(({ rows }) => rows)).toEqual([20, 10]);
  });

  it("are lost if they are passed on after the sink has lost the others", () => {
    const { window, lost } = start();
    window.remove(segment(1, 5));
    window.end();
    window.add(3, 1, 10);
    expect(lost).toEqual([{ ...segment(1, 5), rows: 10 }]);
  });

  it("are not acknowledged by an answer that comes after the loss", async () => {
    const { window, sink, acknowledged } = start();
    window.add(1, 1, 10);
    window.end();
    await sink.asked[0]?.acknowledge();
    window.resume();
    expect([acknowledged, sink.asked.length, window.isEmpty]).toEqual([[], 1, false]);
  });
});
