import {
  CallbackSink,
  customSink,
  type AsComponents,
  type ComponentType,
  type FlushResult,
  type Sink,
} from "@rerun-ts/core";
import { PrimitiveBuilder } from "@rerun-ts/core/encode";
import type { RecordingSinkContext } from "@rerun-ts/core/transport";
import { CollectingSink, TestNumber, numbers } from "@rerun-ts/test-support/common/messages";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { observeRecording, rowsOf } from "@rerun-ts/test-support/common/recordings";
import { describe, expect, it, onTestFinished, vi } from "vitest";

/** A component with 32-bit numbers. */
const SmallNumber: ComponentType<readonly number[]> = {
  name: "test.SmallNumber",
  arrow: { type: "Float32" },
  createBuilder: () => new PrimitiveBuilder({ type: "Float32" }),
  append(values, target) {
    for (const value of values) {
      const { data } = target as PrimitiveBuilder;
      data.reserve(4);
      data.view.setFloat32(data.length, value, true);
      data.length += 4;
    }
  },
};

/** A sink that reports a drop for each chunk that it receives. */
class DroppingSink extends CollectingSink {
  override readonly key = "dropping";
  #context: RecordingSinkContext | undefined;

  override open(context: RecordingSinkContext): void {
    this.#context = context;
  }

  override send(message: (typeof this.messages)[number]): void {
    super.send(message);
    if (message.kind === "chunk") this.#context?.onDrop({ rows: 1, bytes: 10, reason: "queue-full" });
  }
}

const chunksIn = ({ messages }: CollectingSink): number => messages.filter(({ kind }) => kind === "chunk").length;

describe.each([{ flushNumRows: 0 }, { flushNumRows: 10 }, { flushTickMs: 1e6 }])(
  "logging inside a sink or a listener, with %o",
  (batcher) => {
    it("stores each row once if a callback sink logs to the entity that is being sent", async () => {
      const { recording, warnings } = observeRecording({ batcher });
      const copy = new CollectingSink();
      let calls = 0;
      const log = new CallbackSink(() => {
        if (calls++ < 50) recording.log("same", numbers(-1));
      });
      await recording.setSinks([log, copy]);
      for (let row = 0; row < 100; row++) recording.log("same", numbers(row));
      for (let turn = 0; turn < 60; turn++) await recording.flush();
      const { rows } = recording.stats();
      expect(rows).toBeGreaterThan(100);
      expect(rowsOf(copy.messages)["/same"]).toBe(rows);
      expect(warnings).toEqual([]);
      await recording.close();
    });

    it("stores each row once if an `error` listener logs the failure", async () => {
      const { recording } = observeRecording({ batcher });
      const copy = new CollectingSink();
      recording.addEventListener("error", () => recording.log("log", numbers(1)));
      const failing = new CallbackSink(() => {
        throw new Error("no room");
      });
      await recording.setSinks([failing, copy]);
      recording.log("log", numbers(0));
      await recording.flush().catch(() => {});
      await recording.flush().catch(() => {});
      expect(recording.stats().rows).toBe(2);
      expect(rowsOf(copy.messages)["/log"]).toBe(2);
      await recording.close().catch(() => {});
    });

    it("prints what an `error` listener throws, each time", async () => {
      const { recording } = observeRecording({ batcher, onError: undefined });
      const print = vi.spyOn(console, "error").mockImplementation(() => {});
      onTestFinished(() => print.mockRestore());
      let calls = 0;
      recording.addEventListener("error", () => {
        calls++;
        throw new Error("a listener");
      });
      await recording.flush({ timeoutMs: -2 }).catch(() => {});
      await recording.flush({ timeoutMs: -1 }).catch(() => {});
      expect(calls).toBe(2);
      expect(print.mock.calls.filter(([line]) => String(line).includes("a listener"))).toHaveLength(2);
      await recording.close();
    });

    it("calls a `drop` listener that logs only a limited number of times, and reports every drop", async () => {
      const { recording } = observeRecording({ batcher });
      const sink = new DroppingSink();
      let calls = 0;
      let dropped = 0;
      recording.addEventListener("drop", ({ rows }) => {
        calls++;
        dropped += rows;
        recording.log("drops", numbers(rows));
      });
      await recording.setSink(sink);
      for (let row = 0; row < 400; row++) recording.log("data", numbers(row));
      await recording.flush();
      expect(rowsOf(sink.messages)["/data"]).toBe(400);
      expect(calls).toBeLessThan(1000);
      expect(dropped).toBe(chunksIn(sink));
      await recording.close();
    });
  },
);

describe("a sink that logs while it receives its first messages", () => {
  it.each(["at once", "later"])("receives them in order if it opens %s", async (opens) => {
    const { recording } = observeRecording({ sendProperties: false, batcher: {} });
    for (let row = 0; row < 3; row++) recording.log(`before/${row}`, numbers(row));
    const received: string[] = [];
    const sink = customSink({
      open: () => (opens === "later" ? Promise.resolve() : undefined),
      send({ kind, manifest }) {
        if (received.length === 0) {
          received.push("(begins)");
          recording.log("meanwhile", numbers(3));
          void recording.flush();
        }
        received.push(manifest?.entityPath ?? kind);
      },
    });
    const other = new CollectingSink();
    await recording.setSinks([sink, other]);
    await recording.close();
    const expected = ["storeInfo", "/before/0", "/before/1", "/before/2", "/meanwhile"];
    expect(received).toEqual(["(begins)", ...expected]);
    expect(other.messages.map(({ kind, manifest }) => manifest?.entityPath ?? kind)).toEqual(expected);
  });
});

describe("`close` in a callback", () => {
  const failing = (kind: string, then: () => void): Sink =>
    customSink({
      send(message) {
        if (message.kind !== "chunk") return;
        if (kind !== "send") throw new Error("no room");
        then();
      },
    });

  it.each(["send", "error", "drop"] as const)("of %s loses nothing that was logged before", async (kind) => {
    const { recording } = observeRecording({ sendProperties: false, batcher: {} });
    let closing: Promise<FlushResult> | undefined;
    const close = (): void => void (closing ??= recording.close());
    if (kind !== "send") recording.addEventListener(kind, close);
    let received = 0;
    const other = customSink({ send: ({ manifest }) => void (received += manifest?.rows ?? 0) });
    await recording.setSinks([failing(kind, close), other]);
    for (let row = 0; row < 10; row++) recording.log(`entity/${row}`, numbers(row));
    await recording.flush().catch(() => {});
    await closing?.catch(() => {});
    expect(closing).toBeDefined();
    expect(received).toBe(10);
  });

  it("of `open` closes the new sink, after the rows before it", async () => {
    const { recording } = observeRecording({ sendProperties: false, batcher: {} });
    recording.log("before", numbers(1));
    const events: string[] = [];
    const sink = customSink({
      open: () => void recording.close(),
      send: ({ kind }) => void events.push(kind),
      close: () => void events.push("close"),
    });
    await recording.setSink(sink);
    await expect(recording.close()).resolves.toMatchObject({ complete: true, droppedRows: 0 });
    expect(events).toEqual(["storeInfo", "chunk", "close"]);
  });
});

describe("user code that runs while a row is written", () => {
  it("cannot change the times of that row", () => {
    const { recording } = observeRecording();
    const memory = recording.memoryRecording();
    const row: AsComponents = {
      asComponents(writer): void {
        recording.setTime({ frame: 123_456, other: 1 });
        recording.log("nested", numbers(1));
        writer.add(numbers(2));
      },
    };
    recording.setTime("frame", 7);
    recording.log("row", row);
    const [chunk] = readChunks(memory.drainAsBytes()).filter(({ entityPath }) => entityPath === "/row");
    expect(Object.keys(chunk?.times ?? {}).sort()).toEqual(["frame", "log_time"]);
    expect(chunk?.times["frame"]).toEqual([7n]);
    expect(chunk?.times["log_time"]?.[0]).toBeGreaterThan(10n ** 18n);
  });

  it("runs once per row, also if a component has changed its type", () => {
    const { recording, warnings } = observeRecording({ batcher: { flushTickMs: 1e6 } });
    const memory = recording.memoryRecording();
    const row = (value: number, type: ComponentType<readonly number[]>): AsComponents => {
      // A generator can be read only once.
      const values = (function* (): Generator<number> {
        yield value;
      })();
      return {
        asComponents(writer): void {
          writer.write({ component: "first" }, { type: TestNumber, values });
          writer.write({ component: "second" }, { type, values: [value] });
        },
      };
    };
    recording.log("row", row(1, TestNumber));
    recording.log("row", row(2, SmallNumber));
    recording.log("row", row(3, SmallNumber));
    expect(warnings.map(({ message }) => message)).toEqual([
      "`second` changed its type from Float64 to Float32: a component should keep its type",
    ]);
    const chunks = readChunks(memory.drainAsBytes()).filter(({ entityPath }) => entityPath === "/row");
    expect(chunks.map(({ components }) => components)).toEqual([
      { first: [[1]], second: [[1]] },
      { first: [[2], [3]], second: [[2], [3]] },
    ]);
  });

  it("does not affect earlier rows if it throws after a component has changed its type", () => {
    const { recording, warnings } = observeRecording({ batcher: { flushTickMs: 1e6 } });
    const memory = recording.memoryRecording();
    const row = (type: ComponentType<readonly number[]>, fails: boolean): AsComponents => ({
      asComponents(writer): void {
        writer.write({ component: "value" }, { type, values: [1] });
        if (fails) throw new Error("not today");
      },
    });
    recording.log("row", row(TestNumber, false));
    recording.log("row", row(SmallNumber, true));
    recording.log("row", row(TestNumber, false));
    const chunks = readChunks(memory.drainAsBytes()).filter(({ entityPath }) => entityPath === "/row");
    expect(chunks.map(({ components }) => components["value"])).toEqual([[[1]], [[1]]]);
    expect(warnings.map(({ message }) => message)).toContainEqual(expect.stringContaining("not today"));
  });
});
