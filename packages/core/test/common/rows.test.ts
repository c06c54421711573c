import {
  BATCHER_PRESETS,
  componentBatches,
  RecordingStream,
  type ComponentType,
  type RecordingOptions,
} from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import { PrimitiveBuilder, TextBuilder } from "@rerun-ts/core/encode";
import { describe, expect, it } from "vitest";
import { numbers, TestNumber } from "@rerun-ts/test-support/common/messages";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";

function record(options: RecordingOptions = {}): { recording: RecordingStream; read: () => Uint8Array } {
  const recording = new RecordingStream("rows", { strict: true, logTime: false, ...options });
  const memory = recording.memoryRecording();
  return { recording, read: () => memory.drainAsBytes() };
}

const COMPONENT = "test.Numbers:values";

const TestText: ComponentType<string> = {
  name: "test.Text",
  arrow: { type: "Utf8" },
  createBuilder: () => new TextBuilder({ type: "Utf8" }),
  append: (text, target) => (target as TextBuilder).append(text),
};

const TestBytes: ComponentType<Uint8Array> = {
  name: "test.Bytes",
  arrow: { type: "UInt8" },
  createBuilder: () => new PrimitiveBuilder({ type: "UInt8" }),
  append: (bytes, target) => (target as PrimitiveBuilder).data.pushBytes(bytes),
};

describe("logged rows", () => {
  it("of one entity become one chunk, also if their times are unsorted", () => {
    const { recording, read } = record();
    for (const frame of [3, 1, 2]) recording.log("x", numbers(frame), { time: { frame, other: frame ** 2 } });
    const [chunk, ...others] = readChunks(read());
    expect(others).toEqual([]);
    expect(chunk).toMatchObject({ entityPath: "/x", rows: 3, times: { frame: [3n, 1n, 2n], other: [9n, 1n, 4n] } });
    expect(chunk?.metadata.frame).not.toHaveProperty("rerun:is_sorted");
    expect(chunk?.metadata["rerun.controls.RowId"]).toMatchObject({
      "rerun:is_sorted": "true",
      "rerun:kind": "control",
    });
  });

  it("with different components share a chunk, with null where a row lacks a component", () => {
    const { recording, read } = record();
    const text = (value: string) => componentBatches("test.Texts", { text: { type: TestText, values: value } });
    recording.log("x", numbers(1));
    recording.log("x", text("b"));
    recording.log("x", [numbers([]), text("c")]);
    recording.log("x", numbers([4, 5]));
    expect(readChunks(read())).toMatchObject([
      { rows: 4, components: { [COMPONENT]: [[1], null, [], [4, 5]], "test.Texts:text": [null, ["b"], ["c"], null] } },
    ]);
  });

  it("begin a new chunk, with a warning, if a component has changed its type", () => {
    const warnings: string[] = [];
    const { recording, read } = record({ onWarning: ({ message }) => warnings.push(message) });
    const own = (type: ComponentType, values: unknown) => componentBatches("Own", { value: { type, values } });
    recording.log("x", own(TestNumber, 1));
    recording.log("x", own(TestText, "two"));
    recording.log("x", own(TestText, "three"));
    recording.log("x", own(TestNumber, 4));
    expect(readChunks(read()).map(({ components }) => components["Own:value"])).toEqual([
      [[1]],
      [["two"], ["three"]],
      [[4]],
    ]);
    expect(warnings).toEqual([
      "`Own:value` changed its type from Float64 to Utf8: a component should keep its type",
      "`Own:value` changed its type from Utf8 to Float64: a component should keep its type",
    ]);
  });

  it("clear a component with null if it was logged before", () => {
    const { recording, read } = record();
    expect(() => recording.log("x", componentBatches("Own", { value: null }))).toThrow(/logged before it is cleared/);
    recording.log("x", componentBatches("Own", { value: { type: TestNumber, values: 1 }, other: undefined }));
    recording.log("x", componentBatches("Own", { value: null }));
    expect(valuesOf(read(), "/x", "Own:value")).toEqual([[1], []]);
  });

  it("that cannot be read are reported as `data`, whatever the row before", () => {
    const warnings: string[] = [];
    const recording = new RecordingStream("app", { onWarning: ({ message }) => warnings.push(message) });
    recording.log("a", componentBatches("Own", { value: { type: TestNumber, values: 1 } }));
    recording.log("b", {
      asComponents() {
        throw new Error("no camera");
      },
    });
    expect(warnings).toEqual([expect.stringMatching(/^`data` at `\/b` could not be read: no camera/)]);
  });

  it("are not stored without components", () => {
    const { recording, read } = record();
    recording.log("x", []);
    recording.log("x", componentBatches("Own", {}));
    expect(readChunks(read())).toEqual([]);
    expect(recording.stats().rows).toBe(0);
  });

  it("are static without times, or with `static: true`", () => {
    const { recording, read } = record();
    recording.log("no-timeline", numbers(1));
    recording.setTime("frame", 1);
    recording.log("said-so", numbers(1), { static: true });
    expect(readChunks(read()).map(({ isStatic }) => isStatic)).toEqual([true, true]);
  });

  it("contain the values at the time of the call, also of large arrays", () => {
    for (const length of [10, 1_000_000]) {
      const { recording, read } = record();
      const bytes = new Uint8Array(length).fill(1);
      const log = (): void =>
        recording.log("x", componentBatches("Own", { bytes: { type: TestBytes, values: bytes } }));
      log();
      bytes.fill(2);
      log();
      bytes.fill(3);
      const values = valuesOf(read(), "/x", "Own:bytes") as number[][];
      expect(values.map((row) => [row.length, row[0], row.at(-1)])).toEqual([
        [length, 1, 1],
        [length, 2, 2],
      ]);
    }
  });

  it("are sent when they reach the limits of rows, bytes or time", async () => {
    const chunksOf = async (batcher: RecordingOptions["batcher"], rows: number, pauseMs = 0): Promise<number> => {
      const { recording, read } = record({ batcher });
      for (let row = 0; row < rows; row++) {
        recording.log("x", numbers(row), { time: { row } });
        if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      return readChunks(read()).length;
    };
    expect(await chunksOf({ flushNumRows: 5 }, 12)).toBe(3);
    expect(await chunksOf({ flushNumBytes: 500 }, 100)).toBeGreaterThan(5);
    expect(await chunksOf(BATCHER_PRESETS.always, 4)).toBe(4);
    expect(await chunksOf(BATCHER_PRESETS.never, 100_000)).toBe(1);
    expect(await chunksOf(BATCHER_PRESETS.file, 100_000)).toBe(2);
    expect(await chunksOf(BATCHER_PRESETS.file, 30, 10)).toBe(1);
    expect(await chunksOf({ flushTickMs: 1 }, 3, 20)).toBe(3);
  });

  it("are sent when the rows of all entities reach 64 MiB in total", () => {
    const { recording, read } = record({ batcher: BATCHER_PRESETS.never });
    const megabyte = new Float64Array(2 ** 17);
    for (let row = 0; row < 70; row++) recording.log(["e", row], numbers([...megabyte]), { time: { row } });
    const before = recording.stats().chunks;
    expect(before).toBeGreaterThan(40);
    expect(before).toBeLessThan(70);
    expect(readChunks(read())).toHaveLength(70);
  });

  it("with unsorted times are split into chunks of `chunkMaxRowsIfUnsorted` rows", () => {
    const { recording, read } = record({ batcher: { chunkMaxRowsIfUnsorted: 4 } });
    for (let row = 0; row < 12; row++) recording.log("x", numbers(row), { time: { frame: -row } });
    expect(readChunks(read()).map(({ rows }) => rows)).toEqual([4, 4, 4]);
  });

  it("are in chunks with unique ids, across entities", () => {
    const { recording, read } = record({ batcher: { flushNumRows: 7 } });
    for (let row = 0; row < 100; row++) recording.log(["e", row % 3], numbers(row), { time: { row } });
    const ids = decodeRrd(read())
      .filter((message) => message.kind === "chunk")
      .map(({ chunkId }) => chunkId);
    expect(new Set(ids.map((id) => JSON.stringify(id))).size).toBe(ids.length);
  });

  it.each(["auto", "lz4", "none"] as const)("are restored completely with compression %s", (compression) => {
    const { recording, read } = record({ compression });
    const values = Array.from({ length: 20_000 }, (_, index) => Math.sin(index) * (index % 3));
    for (const [index, value] of values.entries()) recording.log("x", numbers(value), { time: { index } });
    recording.log(
      "y",
      componentBatches("Own", { text: { type: TestText, values: "all work and no play ".repeat(1000) } }),
    );
    const rrd = read();
    expect(valuesOf(rrd, "/x", COMPONENT)).toEqual(values.map((value) => [value]));
    const compressions = new Set(
      decodeRrd(rrd).flatMap((message) => (message.kind === "chunk" ? [message.compression] : [])),
    );
    expect(compressions).toEqual(new Set([compression === "none" ? "none" : "lz4"]));
  });

  it("restore strings of every script, with lone surrogates replaced", () => {
    const { recording, read } = record();
    const texts = ["", "plain", "größer als sonst, und länger als kurz", "日本語", "😀👩‍👩‍👧‍👦", "a\0b", "x".repeat(70_000)];
    for (const text of [...texts, "\ud800!", "\udc00"]) {
      recording.log("x", componentBatches("Own", { text: { type: TestText, values: text } }));
    }
    expect(valuesOf(read(), "/x", "Own:text").flat()).toEqual([...texts, "\ufffd!", "\ufffd"]);
  });

  it("of 25,000 entities are all stored", () => {
    const { recording, read } = record({ batcher: { flushNumRows: 1 } });
    for (let entity = 0; entity < 25_000; entity++) recording.log(`many/${entity}`, numbers(entity));
    expect(recording.stats()).toMatchObject({ rows: 25_000, chunks: 25_000 + 1 });
    expect(decodeRrd(read()).filter(({ kind }) => kind === "chunk")).toHaveLength(25_001);
  });
});
