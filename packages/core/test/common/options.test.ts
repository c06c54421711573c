import { BinaryStreamSink, CallbackSink, MemorySink, RecordingStream, StreamSink } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { observeRecording } from "../contract/recordings.ts";

/** Options as a program without types might pass them. */
const MISSPELT = { colour: "red", timeoutMS: 5 } as object;

describe("options that do not exist", () => {
  it("are told when the recording is made", () => {
    const { warnings } = observeRecording(MISSPELT);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/a recording has the options recordingId, .*; ignored: colour, timeoutMS$/),
    ]);
  });

  it.each(["flush", "disconnect", "close"] as const)("are told by %s", async (call) => {
    const { recording, warnings } = observeRecording();
    await recording.setSink(new MemorySink());
    await recording[call](MISSPELT);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining(`\`${call}\` has the options timeoutMs, signal, ack; ignored: colour, timeoutMS`),
    ]);
  });

  it("are told by setSinks, once for the same ones", async () => {
    const { recording, warnings } = observeRecording();
    await recording.setSinks([new MemorySink()], MISSPELT);
    await recording.setSinks([new MemorySink()], MISSPELT);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining("`setSinks` has the options defaultBlueprint; ignored: colour, timeoutMS"),
    ]);
  });

  it.each([
    ["MemorySink", () => new MemorySink(MISSPELT)],
    ["StreamSink", () => new StreamSink(new WritableStream(), MISSPELT)],
    ["BinaryStreamSink", () => new BinaryStreamSink(MISSPELT)],
  ])("are told by the recording that a %s is given to", async (name, makeSink) => {
    const { recording, warnings } = observeRecording();
    await recording.setSink(makeSink());
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(new RegExp(`${name} has the options .*; ignored: colour, timeoutMS$`)),
    ]);
  });

  it("are nothing to tell when every option is known", async () => {
    const { recording, warnings } = observeRecording({ recordingName: "known", logTick: false });
    await recording.setSinks([new MemorySink({ maxBytes: 2 ** 20 }), new CallbackSink(() => {})], {});
    await recording.close({ timeoutMs: 1000 });
    expect(warnings).toEqual([]);
  });
});

describe("limits in bytes and rows", () => {
  it.each([
    ["maxBytes", (limit: number) => new MemorySink({ maxBytes: limit })],
    ["maxQueueBytes", (limit: number) => new StreamSink(new WritableStream(), { maxQueueBytes: limit })],
    ["maxQueueBytes", (limit: number) => new BinaryStreamSink({ maxQueueBytes: limit })],
    ["maxFooterBytes", (limit: number) => new StreamSink(new WritableStream(), { maxFooterBytes: limit })],
    ["maxBacklogBytes", (limit: number) => new RecordingStream("limits", { maxBacklogBytes: limit })],
    ["batcher.flushNumRows", (limit: number) => new RecordingStream("limits", { batcher: { flushNumRows: limit } })],
  ])("refuse what is no limit: %s", (name, make) => {
    for (const limit of [-1, Number.NaN, "1kB" as unknown as number]) {
      expect(() => make(limit)).toThrow(new RegExp(`^\`${name}\` must be a number that is not negative, got `));
    }
  });
});
