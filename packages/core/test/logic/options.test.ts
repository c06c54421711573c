import { BinaryStreamSink, CallbackSink, MemorySink, RecordingStream, StreamSink, tee } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { observeRecording } from "@rerun-ts/test-support/common/recordings";

/** Options with typing errors, as a program in JavaScript may pass them. */
const MISSPELT = { timeoutMS: 5 } as object;

describe("options", () => {
  it.each(["flush", "disconnect", "close"] as const)("of %s that are no object change nothing", async (call) => {
    const { recording } = observeRecording();
    await recording.setSink(new MemorySink());
    await expect(recording[call](3 as unknown as object)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: "`options` must be an object, got 3",
    });
    expect(recording.state).toBe("open");
  });

  it("with typing errors are named, with the options that exist", async () => {
    const { recording } = observeRecording();
    await expect(recording.flush(MISSPELT)).rejects.toThrow(
      "`timeoutMS` (did you mean `timeoutMs`?) is not an option of `flush`; known options: timeoutMs, signal, ack",
    );
    expect(() => new MemorySink(MISSPELT)).toThrow(
      "`timeoutMS` is not an option of `MemorySink`; known options: maxBytes",
    );
  });

  it("of setSinks that are wrong leave the sinks as they are", async () => {
    const { recording } = observeRecording();
    const memory = new MemorySink();
    await recording.setSink(memory);
    await expect(recording.setSinks([new MemorySink()], new MemorySink() as object)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    recording.log("a", { asComponents: () => {} });
    await recording.flush();
    expect(memory.stats().state).toBe("open");
  });

  it("that are undefined are not given, whatever their names", async () => {
    const { recording } = observeRecording();
    await expect(recording.flush({ colour: undefined } as object)).resolves.toMatchObject({ droppedRows: 0 });
  });

  it("that are all known cause no warning", async () => {
    const { recording, warnings } = observeRecording({ recordingName: "known", logTick: false });
    await recording.setSinks([new MemorySink({ maxBytes: 2 ** 20 }), new CallbackSink(() => {})], {});
    await recording.close({ timeoutMs: 1000 });
    expect(warnings).toEqual([]);
  });
});

describe("options that are limits", () => {
  it.each([
    ["maxBytes", (limit: number) => new MemorySink({ maxBytes: limit })],
    ["maxQueueBytes", (limit: number) => new StreamSink(new WritableStream(), { maxQueueBytes: limit })],
    ["maxQueueBytes", (limit: number) => new BinaryStreamSink({ maxQueueBytes: limit })],
    ["maxFooterBytes", (limit: number) => new StreamSink(new WritableStream(), { maxFooterBytes: limit })],
    ["maxBacklogBytes", (limit: number) => new RecordingStream("limits", { maxBacklogBytes: limit })],
    ["batcher.flushNumRows", (limit: number) => new RecordingStream("limits", { batcher: { flushNumRows: limit } })],
  ])("throw an error that names them if they are negative or no numbers: %s", (name, make) => {
    for (const limit of [-1, Number.NaN, "1kB" as unknown as number]) {
      expect(() => make(limit)).toThrow(new RegExp(`^\`${name}\` must be a non-negative number, got `));
    }
  });
});

const SINK = new MemorySink();

describe("wrong values are errors that say what they must be", () => {
  it.each<[expected: string, make: () => unknown]>([
    ["`batcher` must be an object, got null", () => observeRecording({ batcher: null as never })],
    ["`sinks` must be an array of sinks, e.g. [new MemorySink()], got undefined", () => tee(undefined as never)],
    ["`sinks` must be different destinations, got memory:", () => tee([SINK, SINK])],
  ])("%s", (expected, make) => {
    expect(make).toThrow(expected);
  });

  it("of what is no blueprint", () => {
    const { recording, warnings } = observeRecording();
    recording.sendBlueprint(3 as never);
    expect(warnings).toMatchObject([{ message: "`blueprint` must be a `Blueprint`, got 3; nothing was sent" }]);
  });
});
