import { CallbackSink, MemorySink } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { CollectingSink, numbers } from "../contract/messages.ts";
import { entitiesOf, observeRecording, type ObservedRecording } from "../contract/recordings.ts";
import { FailingSink, StuckSink } from "../contract/test-sinks.ts";

/** A recording with a row in a sink that does not let go of it. */
async function makeStuck(): Promise<ObservedRecording & { sink: StuckSink }> {
  const observed = observeRecording();
  const sink = new StuckSink();
  await observed.recording.setSink(sink);
  observed.recording.log("row", numbers(1));
  return { ...observed, sink };
}

describe.for(["flush", "disconnect", "close"] as const)("%s", (call) => {
  it("resolves when everything has left", async () => {
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

  it("resolves incomplete when the time is up", async () => {
    const { recording, errors, sink } = await makeStuck();
    const result = await recording[call]({ timeoutMs: 1 });
    expect(result.complete).toBe(false);
    expect(result.pendingBytes).toBe(sink.stats().queuedBytes);
    expect(result.pendingBytes).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  });

  it("rejects when its signal fires, or has fired", async () => {
    const { recording } = await makeStuck();
    const controller = new AbortController();
    const waiting = recording[call]({ signal: controller.signal });
    controller.abort(new Error("no patience"));
    await expect(waiting).rejects.toMatchObject({ code: "ABORTED", cause: { message: "no patience" } });
    const other = await makeStuck();
    await expect(other.recording[call]({ signal: controller.signal })).rejects.toMatchObject({ code: "ABORTED" });
  });

  it.for([-1, Number.NaN, "soon"])("refuses %s as a time limit", async (timeoutMs) => {
    const { recording } = await makeStuck();
    await expect(recording[call]({ timeoutMs: timeoutMs as number })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      argument: "timeoutMs",
    });
  });

  it("rejects if a sink has failed for good, after the others got everything", async () => {
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

  it("rejects if a callback has thrown", async () => {
    const { recording } = observeRecording();
    const sink = new CallbackSink(() => {
      throw new Error("not today");
    });
    await recording.setSink(sink);
    await expect(recording[call]()).rejects.toMatchObject({ name: "RerunError", message: "not today" });
  });
});

describe("flush", () => {
  it("waits no longer than it must", async () => {
    const { recording, sink } = await makeStuck();
    const flushed = recording.flush({ timeoutMs: 3_600_000 });
    sink.sending.resolve();
    expect(await flushed).toMatchObject({ complete: true });
  });

  it("may be called without a sink, twice at once, and when all is closed", async () => {
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
  it("is done once, however often it is called", async () => {
    const { recording } = observeRecording();
    const memory = new MemorySink();
    await recording.setSink(memory);
    const first = recording.close();
    expect(recording.close({ timeoutMs: 0 })).toBe(first);
    expect(recording.state).toBe("closed");
    await first;
    expect(memory.stats().state).toBe("closed");
  });

  it("counts and tells what never had a sink", async () => {
    const { recording, warnings, drops } = observeRecording();
    recording.log("row", numbers(1));
    expect(await recording.close()).toMatchObject({ complete: true, droppedRows: 2 });
    expect(drops).toMatchObject([{ rows: 2, reason: "closed" }]);
    expect(warnings).toHaveLength(1);
  });

  it("reports instead of rejecting where a scope disposes of the recording", async () => {
    const { recording, errors } = observeRecording();
    await recording.setSinks([new FailingSink(), new CollectingSink()]);
    await recording[Symbol.asyncDispose]();
    expect(errors).toMatchObject([{ message: "nothing gets through" }]);
    expect(recording.state).toBe("closed");
  });
});
