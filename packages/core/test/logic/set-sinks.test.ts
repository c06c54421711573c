import { MemorySink, tee, type Sink } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { CollectingSink, numbers } from "@rerun-ts/test-support/common/messages";
import { observeRecording, rowsOf } from "@rerun-ts/test-support/common/recordings";

describe("setSinks", () => {
  it("rejects with DUPLICATE_SINK and changes nothing if two sinks have the same destination", async () => {
    const { recording, errors } = observeRecording();
    recording.log("before", numbers(1));
    const [a, b] = [new CollectingSink(), new CollectingSink()];
    await expect(recording.setSinks([a, b])).rejects.toMatchObject({ code: "DUPLICATE_SINK" });
    expect(recording.state).toBe("buffering");
    expect(a.messages).toEqual([]);
    expect(errors).toMatchObject([{ code: "DUPLICATE_SINK" }]);
    await recording.setSink(a);
    expect(rowsOf(a.messages)).toEqual({ "/__properties": 1, "/before": 1 });
  });

  it.for([
    ["a sink instead of an array", new MemorySink()],
    ["an array with another object", [{}]],
    ["an array with undefined", [undefined]],
  ] as readonly (readonly [name: string, sinks: unknown])[])(
    "rejects with INVALID_ARGUMENT and changes nothing if it is called with %s",
    async ([, sinks]) => {
      const { recording } = observeRecording();
      await expect(recording.setSinks(sinks as readonly Sink[])).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining("[new MemorySink()]"),
      });
      expect(recording.state).toBe("buffering");
    },
  );

  it("points out a call like `save` among the sinks, which sets its sink itself", async () => {
    const { recording } = observeRecording();
    const saving = recording.setSink(new MemorySink());
    await expect(recording.setSinks([saving as unknown as Sink])).rejects.toMatchObject({
      message: expect.stringContaining("among them (`save` sets its sink itself)"),
    });
  });

  it("points out `customSink` for an object of the program among the sinks", async () => {
    const { recording } = observeRecording();
    await expect(recording.setSinks([{ send: () => {} } as unknown as Sink])).rejects.toMatchObject({
      message: expect.stringContaining("an object with send among them (use `customSink`)"),
    });
  });

  it("asks for one list only, and nothing else, if it is called with sinks one after the other", async () => {
    const { recording, warnings } = observeRecording();
    const set = recording.setSinks(new MemorySink() as unknown as Sink[], new MemorySink() as object);
    await expect(set).rejects.toMatchObject({ message: expect.stringContaining("must be an array of sinks") });
    expect(warnings).toEqual([]);
  });

  it("starts sinks only when all of the set are open", async () => {
    const { recording } = observeRecording({ batcher: { flushTickMs: 1e6 } });
    const calls: string[] = [];
    class StartingSink extends CollectingSink {
      override readonly key: string;
      isStale = false;

      constructor(key: string) {
        super();
        this.key = key;
      }
      override open(): void {
        calls.push(`${this.key} open`);
        if (this.key === "bad") throw new Error("no");
      }
      start(): void {
        calls.push(`${this.key} start`);
      }
      override async close(): Promise<void> {
        calls.push(`${this.key} close`);
      }
      closeSync(): void {
        calls.push(`${this.key} close`);
      }
    }
    const good = new StartingSink("good");
    await expect(recording.setSinks([good, new StartingSink("bad")])).rejects.toThrow("no");
    expect(calls.splice(0)).toEqual(["good open", "bad open", "good close"]);
    const inUse = new StartingSink("good");
    await recording.setSinks([inUse]);
    expect(calls.splice(0)).toEqual(["good open", "good start"]);
    // A sink whose destination is gone is replaced by one with the same key.
    inUse.isStale = true;
    recording.log("row", numbers(1));
    const again = new StartingSink("good");
    await recording.setSinks([again]);
    expect(calls).toEqual(["good close", "good open", "good start"]);
    await recording.flush();
    expect(rowsOf(again.messages)["/row"]).toBe(1);
  });

  it("waits until sinks are replaced if a sink that is being opened or sent a message calls it", async () => {
    const { recording } = observeRecording({ batcher: { flushNumRows: 0 } });
    class OtherSink extends CollectingSink {
      override readonly key: string = "other";
    }
    const [fromOpen, fromSend, last] = [new CollectingSink(), new OtherSink(), new MemorySink()];
    let isClosed = false;
    let calls: Promise<void>[] = [];
    fromOpen.open = () => void calls.push(recording.setSink(fromSend));
    fromOpen.close = async () => void (isClosed = true);
    fromSend.send = () => void (calls.length === 1 && calls.push(recording.setSink(last)));
    recording.log("row", numbers(1));
    await recording.setSink(fromOpen);
    await Promise.all(calls);
    expect(isClosed).toBe(true);
    recording.log("row", numbers(2));
    expect(rowsOf(fromOpen.messages)["/row"]).toBe(1);
    expect(rowsOf(last.readMessages())).toEqual({ "/__properties": 1, "/row": 1 });
    calls = [];
    await recording.close();
  });

  it("keeps a sink that is in use already", async () => {
    const { recording } = observeRecording();
    const sink = new CollectingSink();
    await recording.setSink(sink);
    recording.log("one", numbers(1));
    await recording.setSinks([sink, new MemorySink()]);
    recording.log("two", numbers(2));
    expect(sink.messages.filter(({ kind }) => kind === "storeInfo")).toHaveLength(1);
    expect(rowsOf(sink.messages)).toEqual({ "/__properties": 1, "/one": 1, "/two": 1 });
  });

  it("emits a statechange event for each state of each sink", async () => {
    const { recording } = observeRecording();
    const states: string[] = [];
    recording.addEventListener("statechange", ({ sink, previous, state }) =>
      states.push(`${sink.kind}: ${previous} → ${state}`),
    );
    await recording.setSinks([new MemorySink(), tee([])]);
    await recording.disconnect();
    expect(states).toEqual(["memory: connecting → open", "buffering: buffering → closed", "memory: open → closed"]);
  });

  it("rejects with CLOSED after the recording was closed", async () => {
    const { recording, warnings } = observeRecording();
    const sink = new CollectingSink();
    await recording.setSink(sink);
    await recording.close();
    await expect(recording.setSinks([new MemorySink()])).rejects.toMatchObject({ code: "CLOSED" });
    await expect(recording.disconnect()).rejects.toMatchObject({ code: "CLOSED" });
    recording.log("late", numbers(1));
    recording.log("late", numbers(2));
    expect(warnings).toMatchObject([{ code: "CLOSED", message: expect.stringContaining("`log`") }]);
    expect(rowsOf(sink.messages)).toEqual({ "/__properties": 1 });
  });
});
