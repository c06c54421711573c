import { CallbackSink, MemorySink } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { CollectingSink, numbers } from "@rerun-ts/test-support/common/messages";
import { entitiesOf, observeRecording, rowsOf, type ObservedRecording } from "@rerun-ts/test-support/common/recordings";
import { FailingSink, StuckSink } from "@rerun-ts/test-support/common/test-sinks";

/** A recording with a row in a sink that never finishes sending it. */
async function makeStuck(): Promise<ObservedRecording & { sink: StuckSink }> {
  const observed = observeRecording();
  const sink = new StuckSink();
  await observed.recording.setSink(sink);
  observed.recording.log("row", numbers(1));
  return { ...observed, sink };
}

describe("close of a recording that never had a sink", () => {
  it("is not complete, because its rows are dropped", async () => {
    const { recording } = observeRecording({ sendProperties: false });
    recording.log("row", numbers(1));
    expect(await recording.close()).toMatchObject({ complete: false, droppedRows: 1 });
  });

  it("is complete if there was nothing to send", async () => {
    const { recording } = observeRecording({ sendProperties: false });
    expect(await recording.close()).toMatchObject({ complete: true, droppedRows: 0 });
  });
});

describe.for(["flush", "disconnect", "close"] as const)("%s", (call) => {
  it("resolves with `complete: true` when everything was sent", async () => {
    const { recording } = observeRecording();
    await recording.setSink(new MemorySink());
    recording.log("row", numbers(1));
    expect(await recording[call]()).toMatchObject({
      complete: true,
      pendingBytes: 0,
      droppedRows: 0,
      sinks: [{ kind: "memory" }],
    });
  });

  it("resolves with `complete: false` and the pending bytes when the time runs out", async () => {
    const { recording, errors, sink } = await makeStuck();
    const result = await recording[call]({ timeoutMs: 1 });
    expect(result.complete).toBe(false);
    expect(result.pendingBytes).toBe(sink.stats().queuedBytes);
    expect(result.pendingBytes).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  });

  it("waits with the largest time limit until all is written", async () => {
    const { recording } = await makeStuck();
    const finished = await Promise.race([
      recording[call]({ timeoutMs: Number.MAX_SAFE_INTEGER }).then(() => true),
      new Promise((resolve) => setTimeout(resolve, 50, false)),
    ]);
    expect(finished).toBe(false);
  });

  it("rejects with ABORTED when its signal is aborted, also before the call", async () => {
    const { recording } = await makeStuck();
    const controller = new AbortController();
    const waiting = recording[call]({ signal: controller.signal });
    controller.abort(new Error("no patience"));
    await expect(waiting).rejects.toMatchObject({ code: "ABORTED", cause: { message: "no patience" } });
    const other = await makeStuck();
    await expect(other.recording[call]({ signal: controller.signal })).rejects.toMatchObject({ code: "ABORTED" });
  });

  it.for([-1, Number.NaN, "soon"])("rejects with INVALID_ARGUMENT if `timeoutMs` is %s", async (timeoutMs) => {
    const { recording } = await makeStuck();
    await expect(recording[call]({ timeoutMs: timeoutMs as number })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      argument: "timeoutMs",
    });
  });

  it("rejects with INVALID_ARGUMENT if `signal` is no signal, and leaves the recording open", async () => {
    const { recording } = observeRecording();
    const memory = new MemorySink();
    await recording.setSink(memory);
    await expect(recording[call]({ signal: 3 as never })).rejects.toThrow("`signal` must be an `AbortSignal`, got 3");
    recording.log("row", numbers(1));
    await recording.close();
    expect(entitiesOf(memory.toBytes())).toEqual(["/__properties", "/row"]);
  });

  it("rejects if a sink is broken, after the other sinks have received everything", async () => {
    const { recording, errors } = observeRecording();
    const memory = new MemorySink();
    const failing = new FailingSink();
    await recording.setSinks([failing, memory]);
    recording.log("row", numbers(1));
    await expect(recording[call]()).rejects.toThrow("nothing gets through");
    expect(entitiesOf(memory.toBytes())).toEqual(["/__properties", "/row"]);
    expect(memory.stats().state).toBe(call === "flush" ? "open" : "closed");
    expect(errors).toHaveLength(1);
  });

  it("rejects with the error that a callback has thrown", async () => {
    const { recording } = observeRecording();
    const sink = new CallbackSink(() => {
      throw new Error("not today");
    });
    await recording.setSink(sink);
    await expect(recording[call]()).rejects.toMatchObject({ name: "RerunError", message: "not today" });
  });
});

describe("flush", () => {
  it("resolves as soon as the sink has sent everything, long before the timeout", async () => {
    const { recording, sink } = await makeStuck();
    const flushed = recording.flush({ timeoutMs: 3_600_000 });
    sink.sending.resolve();
    expect(await flushed).toMatchObject({ complete: true });
  });

  it("resolves without a sink, when it is called twice at once, and after close", async () => {
    const { recording } = observeRecording();
    recording.log("row", numbers(1));
    expect(await recording.flush()).toMatchObject({ complete: true, pendingBytes: 0 });
    await recording.setSink(new MemorySink());
    expect(await Promise.all([recording.flush(), recording.flush()])).toMatchObject([
      { complete: true },
      { complete: true },
    ]);
    await recording.close();
    expect(await recording.flush()).toMatchObject({ complete: true });
  });
});

describe("close", () => {
  it("returns the same promise for every call", async () => {
    const { recording } = observeRecording();
    const memory = new MemorySink();
    await recording.setSink(memory);
    const first = recording.close();
    expect(recording.close({ timeoutMs: 0 })).toBe(first);
    expect(recording.state).toBe("closed");
    await first;
    expect(memory.stats().state).toBe("closed");
  });

  it("sends what sinks log while the last rows are sent, and refuses what that leads to", async () => {
    const { recording, warnings } = observeRecording({ batcher: { flushTickMs: 1e9 } });
    const sink = new CollectingSink();
    await recording.setSinks([sink, new CallbackSink(() => recording.log("sent", numbers(1)))]);
    recording.log("row", numbers(1));
    await recording.close();
    const { "/__properties": properties, ...rows } = rowsOf(sink.messages);
    expect(properties).toBe(1);
    expect(rows["/sent"]).toBeGreaterThan(1);
    expect(Object.values(rows).reduce((sum, count) => sum + count)).toBe(recording.stats().rows);
    expect(warnings).toMatchObject([{ code: "CLOSED" }]);
  });

  it("counts and reports data that was dropped because no sink was set", async () => {
    const { recording, warnings, drops } = observeRecording();
    recording.log("row", numbers(1));
    expect(await recording.close()).toMatchObject({ complete: false, droppedRows: 2 });
    expect(drops).toMatchObject([{ rows: 2, reason: "closed" }]);
    expect(warnings).toHaveLength(1);
  });

  it("reports failures instead of rejecting when `await using` closes the recording", async () => {
    const { recording, errors } = observeRecording();
    await recording.setSinks([new FailingSink(), new CollectingSink()]);
    await recording[Symbol.asyncDispose]();
    expect(errors).toMatchObject([{ message: "nothing gets through" }]);
    expect(recording.state).toBe("closed");
  });
});
