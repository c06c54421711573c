import { MemorySink, tee, type Sink } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { CollectingSink, numbers } from "../contract/messages.ts";
import { observeRecording, rowsOf } from "../contract/recordings.ts";

describe("setSinks", () => {
  it("refuses one destination twice, and changes nothing", async () => {
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
    ["no array", new MemorySink()],
    ["something else in the array", [{}]],
    ["nothing in the array", [undefined]],
  ] as readonly (readonly [name: string, sinks: unknown])[])("refuses %s", async ([, sinks]) => {
    const { recording } = observeRecording();
    await expect(recording.setSinks(sinks as readonly Sink[])).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("[new MemorySink()]"),
    });
    expect(recording.state).toBe("buffering");
  });

  it("leaves a sink in use that it is given again", async () => {
    const { recording } = observeRecording();
    const sink = new CollectingSink();
    await recording.setSink(sink);
    recording.log("one", numbers(1));
    await recording.setSinks([sink, new MemorySink()]);
    recording.log("two", numbers(2));
    expect(sink.messages.filter(({ kind }) => kind === "storeInfo")).toHaveLength(1);
    expect(rowsOf(sink.messages)).toEqual({ "/__properties": 1, "/one": 1, "/two": 1 });
  });

  it("tells events of each sink", async () => {
    const { recording } = observeRecording();
    const states: string[] = [];
    recording.addEventListener("statechange", ({ sink, previous, state }) =>
      states.push(`${sink.kind}: ${previous} → ${state}`),
    );
    await recording.setSinks([new MemorySink(), tee([])]);
    await recording.disconnect();
    expect(states).toEqual(["memory: connecting → open", "buffering: buffering → closed", "memory: open → closed"]);
  });

  it("is over when the recording is closed", async () => {
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
