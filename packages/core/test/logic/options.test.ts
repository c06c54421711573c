import { BinaryStreamSink, CallbackSink, MemorySink, RecordingStream, StreamSink, tee } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import { observeRecording } from "@rerun-ts/test-support/common/recordings";

/** Options with typing errors, as a program in JavaScript may pass them. */
const MISSPELT = { colour: "red", timeoutMS: 5 } as object;

describe("options that are no object with options", () => {
  it.each(["flush", "disconnect", "close"] as const)("are reported when %s is called with them", async (call) => {
    const { recording, warnings } = observeRecording();
    await recording.setSink(new MemorySink());
    await recording[call](3 as unknown as object);
    expect(warnings.map(({ message }) => message)).toEqual([
      `unknown options of \`${call}\` are ignored: 3 (must be a plain object); known options: timeoutMs, signal, ack`,
    ]);
  });

  it("are reported when a sink is created with them", async () => {
    const { recording, warnings } = observeRecording();
    await recording.setSink(new MemorySink(5 as unknown as object));
    expect(warnings.map(({ message }) => message)).toEqual([
      "unknown options of MemorySink are ignored: 5 (must be a plain object); known options: maxBytes",
    ]);
  });

  it("are reported when setSinks is called with a second sink", async () => {
    const { recording, warnings } = observeRecording();
    await recording.setSinks([new MemorySink()], new MemorySink() as object);
    expect(warnings.map(({ message }) => message)).toEqual([
      "unknown options of `setSinks` are ignored: MemorySink (must be a plain object); known options: defaultBlueprint",
    ]);
  });
});

describe("unknown options", () => {
  it("are reported when a recording is created with them", () => {
    const { warnings } = observeRecording(MISSPELT);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^unknown options of a recording are ignored: `colour`, `timeoutMS`; known options: recordingId, /,
      ),
    ]);
  });

  it.each(["flush", "disconnect", "close"] as const)("are reported when %s is called with them", async (call) => {
    const { recording, warnings } = observeRecording();
    await recording.setSink(new MemorySink());
    await recording[call](MISSPELT);
    expect(warnings.map(({ message }) => message)).toEqual([
      `unknown options of \`${call}\` are ignored: \`colour\`, \`timeoutMS\` (did you mean \`timeoutMs\`?); known options: timeoutMs, signal, ack`,
    ]);
  });

  it("are reported once when setSinks is called with them repeatedly", async () => {
    const { recording, warnings } = observeRecording();
    await recording.setSinks([new MemorySink()], MISSPELT);
    await recording.setSinks([new MemorySink()], MISSPELT);
    expect(warnings.map(({ message }) => message)).toEqual([
      "unknown options of `setSinks` are ignored: `colour`, `timeoutMS`; known options: defaultBlueprint",
    ]);
  });

  it.each([
    ["MemorySink", () => new MemorySink(MISSPELT)],
    ["StreamSink", () => new StreamSink(new WritableStream(), MISSPELT)],
    ["BinaryStreamSink", () => new BinaryStreamSink(MISSPELT)],
  ])("of a %s are reported by the recording whose sink it becomes", async (name, makeSink) => {
    const { recording, warnings } = observeRecording();
    await recording.setSink(makeSink());
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining(`unknown options of ${name} are ignored: \`colour\`, \`timeoutMS\`; known options: `),
    ]);
  });

  it("are not reported if all options are known", async () => {
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
    ["`batcher` must be an object with limits, got null", () => observeRecording({ batcher: null as never })],
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
