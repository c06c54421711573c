import { CallbackSink, MemorySink } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { CollectingSink, numbers } from "@rerun-ts/test-support/common/messages";
import { entitiesOf, observeRecording, rowsOf } from "@rerun-ts/test-support/common/recordings";

// The sinks that pass their messages on when they are replaced are those of the native SDKs.
describe("data that was logged before a sink was set", () => {
  it("is sent to the first sink, with the recording's properties", async () => {
    const { recording } = observeRecording();
    recording.log("before", numbers(1));
    expect(recording.stats().backlogBytes).toBeGreaterThan(0);
    const next = new CollectingSink();
    await recording.setSink(next);
    recording.log("after", numbers(2));
    expect(next.messages[0]).toMatchObject({ kind: "storeInfo" });
    expect(rowsOf(next.messages)).toEqual({ "/__properties": 1, "/before": 1, "/after": 1 });
    expect(recording.stats().backlogBytes).toBe(0);
  });

  it("is sent to each of several sinks", async () => {
    const { recording } = observeRecording();
    recording.log("before", numbers(1));
    const sinks = [new MemorySink(), new MemorySink()];
    await recording.setSinks(sinks);
    for (const sink of sinks) expect(entitiesOf(sink.toBytes())).toEqual(["/__properties", "/before"]);
  });

  it("is reported as dropped if the recording is closed before it has a sink", async () => {
    const { recording, drops, warnings } = observeRecording();
    recording.log("before", numbers(1));
    await recording.close();
    expect(drops).toMatchObject([{ reason: "closed", rows: 2 }]);
    expect(warnings).toMatchObject([{ message: expect.stringContaining("closed before it had a sink") }]);
  });

  it("moves from a memory recording to the next sink", async () => {
    const { recording } = observeRecording();
    const memory = recording.memoryRecording();
    recording.log("before", numbers(1));
    const next = new CollectingSink();
    await recording.setSink(next);
    expect(rowsOf(next.messages)).toEqual({ "/__properties": 1, "/before": 1 });
    expect(memory.numMessages).toBe(0);
    expect(entitiesOf(memory.drainAsBytes())).toEqual([]);
  });

  it("moves from a memory recording to the next sink, also after disconnect", async () => {
    const { recording } = observeRecording();
    const memory = recording.memoryRecording();
    recording.log("before", numbers(1));
    await recording.disconnect();
    expect(memory.numMessages).toBe(0);
    const next = new CollectingSink();
    await recording.setSink(next);
    expect(rowsOf(next.messages)).toEqual({ "/__properties": 1, "/before": 1 });
  });

  it("remains readable in a binary stream when the next sink is set", async () => {
    const { recording } = observeRecording();
    const stream = recording.binaryStream();
    recording.log("before", numbers(1));
    const next = new CollectingSink();
    await recording.setSink(next);
    recording.log("after", numbers(2));
    expect(rowsOf(next.messages)).toEqual({ "/__properties": 1, "/after": 1 });
    expect(entitiesOf((await stream.read()) ?? new Uint8Array())).toEqual(["/__properties", "/before"]);
    expect(await stream.read()).toBeUndefined();
  });

  it.for(["disconnect", "close"] as const)("remains readable in a binary stream after %s", async (end) => {
    const { recording } = observeRecording();
    const stream = recording.binaryStream();
    recording.log("before", numbers(1));
    await recording[end]();
    expect(entitiesOf((await stream.read()) ?? new Uint8Array())).toEqual(["/__properties", "/before"]);
  });

  it("is not sent to the next sink if a callback has received it", async () => {
    const { recording } = observeRecording();
    await recording.setSink(new CallbackSink(() => {}));
    recording.log("before", numbers(1));
    const next = new CollectingSink();
    await recording.setSink(next);
    expect(rowsOf(next.messages)).toEqual({ "/__properties": 1 });
  });

  it("is not sent to the next sink if there were several sinks", async () => {
    const { recording } = observeRecording();
    const memory = new MemorySink();
    await recording.setSinks([memory, new CollectingSink()]);
    recording.log("before", numbers(1));
    const next = new MemorySink();
    await recording.setSink(next);
    expect(entitiesOf(next.toBytes())).toEqual(["/__properties"]);
    expect(entitiesOf(memory.toBytes())).toEqual(["/__properties", "/before"]);
  });

  it("is dropped, with one warning, if an empty list of sinks was set", async () => {
    const { recording, warnings } = observeRecording();
    await recording.setSinks([]);
    recording.log("before", numbers(1));
    recording.log("before", numbers(2));
    await recording.setSinks([]);
    expect(warnings).toMatchObject([{ message: expect.stringContaining("no sinks") }]);
    const next = new CollectingSink();
    await recording.setSink(next);
    recording.log("after", numbers(3));
    expect(rowsOf(next.messages)).toEqual({ "/__properties": 1, "/after": 1 });
  });

  it("is buffered after disconnect, and sent to the next sink", async () => {
    const { recording } = observeRecording();
    await recording.setSink(new CallbackSink(() => {}));
    recording.log("before", numbers(1));
    await recording.disconnect();
    expect(recording.state).toBe("buffering");
    recording.log("between", numbers(2));
    await recording.disconnect();
    const next = new CollectingSink();
    await recording.setSink(next);
    expect(rowsOf(next.messages)).toEqual({ "/__properties": 1, "/between": 1 });
  });

  it("is counted as dropped if the sink is broken, and not sent to the next one", async () => {
    const { recording, drops, errors } = observeRecording();
    const broken = new CallbackSink(() => {
      throw new Error("no more");
    });
    await recording.setSink(broken);
    recording.log("before", numbers(1));
    expect(recording.state).toBe("broken");
    expect(errors).toMatchObject([{ message: "no more" }]);
    expect(recording.stats().sinks).toMatchObject([{ kind: "callback", droppedRows: 2 }]);
    expect(drops.reduce((sum, { rows }) => sum + rows, 0)).toBe(2);
    const next = new CollectingSink();
    await recording.setSink(next);
    recording.log("after", numbers(2));
    expect(rowsOf(next.messages)).toEqual({ "/__properties": 1, "/after": 1 });
    expect(await recording.close()).toMatchObject({ complete: true });
    expect(errors).toHaveLength(1);
  });

  it("is counted as dropped after the sink has thrown when it was told what follows", async () => {
    const { recording, errors } = observeRecording();
    const failing = Object.assign(new CallbackSink(() => {}), {
      expectMore() {
        throw new Error("no more");
      },
    });
    const other = new CollectingSink();
    await recording.setSinks([failing, other]);
    recording.log("row", numbers(1));
    await recording.flush().catch(() => {});
    expect(errors).toMatchObject([{ message: "no more" }]);
    expect(recording.stats().sinks).toMatchObject([{ state: "broken" }, { state: "open" }]);
    expect(rowsOf(other.messages)).toEqual({ "/__properties": 1, "/row": 1 });
  });

  it("is sent to the previous sink if it was still pending in the batcher", async () => {
    const { recording } = observeRecording({ batcher: { flushTickMs: Infinity } });
    const old = new CollectingSink();
    await recording.setSink(old);
    recording.log("before", numbers(1));
    await recording.setSink(new MemorySink());
    expect(rowsOf(old.messages)).toEqual({ "/__properties": 1, "/before": 1 });
  });
});
