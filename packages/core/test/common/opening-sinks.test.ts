import { MemorySink } from "@rerun-ts/core";
import { shutdownSync } from "@rerun-ts/core/recording";
import { describe, expect, it } from "vitest";
import { CollectingSink, nameOf, numbers } from "@rerun-ts/test-support/common/messages";
import { entitiesOf, observeRecording, rowsOf } from "@rerun-ts/test-support/common/recordings";
import { SlowlyOpeningSink } from "@rerun-ts/test-support/common/test-sinks";

describe("a sink that opens slowly", () => {
  it("receives everything in order once it is open", async () => {
    const { recording } = observeRecording();
    const [sink, beside] = [new SlowlyOpeningSink(), new CollectingSink()];
    recording.log("before", numbers(1));
    const set = recording.setSinks([sink, beside]);
    recording.log("while", numbers(2));
    expect(sink.messages).toEqual([]);
    expect(recording.state).toBe("connecting");
    sink.opening.resolve();
    await set;
    recording.log("after", numbers(3));
    expect(recording.state).toBe("open");
    expect(Object.keys(rowsOf(sink.messages))).toEqual(["/__properties", "/before", "/while", "/after"]);
    expect(sink.messages.map(nameOf)).toEqual(beside.messages.map(nameOf));
  });

  it("delays flush, whose result includes the pending bytes", async () => {
    const { recording } = observeRecording();
    const sink = new SlowlyOpeningSink();
    void recording.setSink(sink);
    recording.log("while", numbers(1));
    const { complete, pendingBytes } = await recording.flush({ timeoutMs: 0 });
    expect(complete).toBe(false);
    expect(pendingBytes).toBeGreaterThan(0);
    const flushed = recording.flush();
    sink.opening.resolve();
    expect(await flushed).toMatchObject({ complete: true, pendingBytes: 0 });
    expect(rowsOf(sink.messages)).toEqual({ "/__properties": 1, "/while": 1 });
  });

  it("receives everything that was logged before the recording was closed", async () => {
    const { recording } = observeRecording();
    const sink = new SlowlyOpeningSink();
    void recording.setSink(sink);
    recording.log("while", numbers(1));
    const closed = recording.close();
    sink.opening.resolve();
    expect(await closed).toMatchObject({ complete: true });
    expect(rowsOf(sink.messages)).toEqual({ "/__properties": 1, "/while": 1 });
    expect(sink.isClosed).toBe(true);
  });

  it("receives everything that was logged before another sink replaced it", async () => {
    const { recording } = observeRecording();
    const [slow, next] = [new SlowlyOpeningSink(), new CollectingSink()];
    void recording.setSink(slow);
    recording.log("while", numbers(1));
    const set = recording.setSink(next);
    recording.log("after", numbers(2));
    slow.opening.resolve();
    await set;
    expect(rowsOf(slow.messages)).toEqual({ "/__properties": 1, "/while": 1 });
    expect(slow.isClosed).toBe(true);
    expect(rowsOf(next.messages)).toEqual({ "/__properties": 1, "/after": 1 });
  });

  it("counts pending data as dropped if the process ends first", async () => {
    const { recording, drops } = observeRecording();
    void recording.setSink(new SlowlyOpeningSink());
    recording.log("while", numbers(1));
    shutdownSync(0);
    expect(drops).toMatchObject([{ rows: 2, reason: "closed" }]);
  });
});

describe("a sink that fails to open", () => {
  it("is broken and counts dropped data, while the other sinks continue and the call rejects", async () => {
    const { recording, errors, drops } = observeRecording();
    const [sink, memory] = [new SlowlyOpeningSink(), new MemorySink()];
    const set = recording.setSinks([sink, memory]);
    recording.log("while", numbers(1));
    sink.opening.reject(new Error("nobody there"));
    await expect(set).rejects.toMatchObject({ name: "RerunError", message: "nobody there" });
    recording.log("after", numbers(2));
    expect(recording.state).toBe("broken");
    expect(errors).toMatchObject([{ message: "nobody there" }]);
    expect(drops).toMatchObject([{ rows: 2 }, { rows: 1 }]);
    expect(recording.stats().sinks).toMatchObject([{ state: "broken", droppedRows: 3 }, { state: "open" }]);
    expect(entitiesOf(memory.toBytes())).toEqual(["/__properties", "/while", "/after"]);
    await expect(recording.flush()).rejects.toThrow("nobody there");
    await expect(recording.close()).rejects.toThrow("nobody there");
    expect(errors).toHaveLength(1);
  });

  it("raises no unhandled rejection if the call is not awaited", async () => {
    const { recording, errors } = observeRecording();
    const sink = new SlowlyOpeningSink();
    void recording.setSink(sink);
    sink.opening.reject(new Error("nobody there"));
    await expect(recording.flush()).rejects.toThrow("nobody there");
    expect(errors).toHaveLength(1);
  });

  it("can be replaced by another sink", async () => {
    const { recording } = observeRecording();
    const sink = new SlowlyOpeningSink();
    const set = recording.setSink(sink);
    sink.opening.reject(new Error("nobody there"));
    await expect(set).rejects.toThrow("nobody there");
    const next = new CollectingSink();
    await recording.setSink(next);
    recording.log("after", numbers(1));
    expect(recording.state).toBe("open");
    expect(rowsOf(next.messages)).toEqual({ "/__properties": 1, "/after": 1 });
  });

  it("keeps its messages while another attempt for the same place fails, if it keeps them at all", async () => {
    const { recording, drops } = observeRecording();
    const attempt = (): SlowlyOpeningSink =>
      Object.assign(new SlowlyOpeningSink(), { key: "folder", place: "folder", keepsBacklogOnFailure: true });
    recording.log("before", numbers(1));
    for (let attempts = 0; attempts < 2; attempts++) {
      const busy = attempt();
      const set = recording.setSink(busy);
      busy.opening.reject(new Error("the folder is in use"));
      await expect(set).rejects.toThrow("the folder is in use");
      recording.log("between", numbers(attempts));
    }
    const free = attempt();
    const set = recording.setSink(free);
    free.opening.resolve();
    await set;
    expect(rowsOf(free.messages)).toEqual({ "/__properties": 1, "/before": 1, "/between": 2 });
    expect(await recording.close()).toMatchObject({ complete: true, droppedRows: 0 });
    expect(drops).toEqual([]);
  });
});
