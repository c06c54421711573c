import {
  CallbackSink,
  ComponentColumn,
  MemorySink,
  RecordingStream,
  TimeColumn,
  componentBatches,
  customSink,
  filtered,
  tee,
  type EncodedMessage,
} from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import { readChunkManifest } from "@rerun-ts/core/rrd";
import { TestNumber, numbers } from "@rerun-ts/test-support/common/messages";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** The chunks of a sink in memory: how many of each entity. */
function entitiesOf(memory: MemorySink): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const message of decodeRrd(memory.toBytes())) {
    if (message.kind !== "chunk") continue;
    const path =
      /entity_path.{0,12}?(\/[\w/]*)/s.exec(new TextDecoder("latin1").decode(message.readArrow()))?.[1] ?? "";
    counts[path] = (counts[path] ?? 0) + 1;
  }
  return counts;
}

const create = (): RecordingStream =>
  new RecordingStream("filter", { sendProperties: false, logTime: false, batcher: { flushNumRows: 0 } });

describe("a filtered sink", () => {
  it("gets the chosen entities, static data and nothing else, beside a sink that gets all", async () => {
    const [all, part] = [new MemorySink(), new MemorySink()];
    const recording = create();
    await recording.setSinks([all, filtered(part, { contents: ["/status/**", "-/status/debug"] })]);
    recording.log("camera", numbers(1), { static: true });
    recording.setTime("frame", 1);
    for (const path of ["camera", "status", "status/a", "status/debug"]) recording.log(path, numbers(2));
    await recording.flush();
    expect(entitiesOf(all)).toEqual({ "/camera": 2, "/status": 1, "/status/a": 1, "/status/debug": 1 });
    expect(entitiesOf(part)).toEqual({ "/camera": 1, "/status": 1, "/status/a": 1 });
    const [, filter] = recording.stats().sinks;
    expect(filter).toMatchObject({ kind: "filtered", droppedRows: 0, filteredRows: 2 });
    expect(await recording.close()).toMatchObject({ complete: true, droppedRows: 0 });
  });

  it("filters all sinks of a tee", async () => {
    const [first, second] = [new MemorySink(), new MemorySink()];
    const recording = create();
    await recording.setSink(filtered(tee([first, second]), { contents: "/a" }));
    recording.setTime("frame", 1);
    for (const path of ["a", "b"]) recording.log(path, numbers(1));
    await recording.flush();
    expect([entitiesOf(first), entitiesOf(second)]).toEqual([{ "/a": 1 }, { "/a": 1 }]);
    await recording.close();
  });

  it("is replaced by one with other options, and stays for equal ones", async () => {
    const memory = new MemorySink();
    const sink = filtered(memory, { contents: "/a" });
    const recording = create();
    await recording.setSink(sink);
    await recording.setSink(sink);
    expect(sink.stats().state).toBe("open");
    await expect(recording.setSink(filtered(memory, { contents: "/b" }))).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    await recording.close();
  });

  it("rejects wrong options and sinks", () => {
    expect(() => filtered(new MemorySink(), { maxRate: 0 })).toThrow(
      "`maxRate` must be a positive number of chunks a second, got 0",
    );
    expect(() => filtered(new MemorySink(), { contents: "/a/*/b" })).toThrow("`contents` must have `*` only");
    expect(() => filtered(new MemorySink(), undefined as never)).toThrow("`options` must be an object, got undefined");
    for (const sink of [undefined, null, {}, Promise.resolve()])
      expect(() => filtered(sink as never, {})).toThrow(/`sink` must be a sink, e.g. new MemorySink\(\), got /);
    expect(() => filtered({ send: () => {} } as never, {})).toThrow("(use `customSink`)");
  });
});

describe("the rate of a filtered sink", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
  afterEach(() => void vi.useRealTimers());

  /** A recording whose messages are counted, and the rows of an entity that have arrived. */
  async function limited(maxRate: number): Promise<{ recording: RecordingStream; arrived: () => number[] }> {
    const messages: EncodedMessage[] = [];
    const sink = customSink({ send: (message) => void messages.push(message) });
    const recording = create();
    await recording.setSink(filtered(sink, { maxRate }));
    const arrived = (): number[] =>
      messages.flatMap(({ manifest }) => manifest?.ranges.map(({ start }) => start.lo) ?? []);
    return { recording, arrived };
  }

  it("limits the chunks of each entity, and sends the newest one when its time comes", async () => {
    const { recording, arrived } = await limited(10);
    const log = (frame: number): void => {
      recording.setTime("frame", frame);
      recording.log("a", numbers(frame));
    };
    for (let frame = 0; frame < 5; frame++) log(frame);
    expect(arrived()).toEqual([0]);
    await vi.advanceTimersByTimeAsync(100);
    expect(arrived()).toEqual([0, 4]);
    log(5);
    expect(arrived()).toEqual([0, 4]);
    await vi.advanceTimersByTimeAsync(100);
    expect(arrived()).toEqual([0, 4, 5]);
    expect(recording.stats().sinks[0]).toMatchObject({ filteredRows: 3, droppedRows: 0 });
    await recording.close();
  });

  it("limits entities and components apart from each other, and sends the rest with a flush", async () => {
    const { recording, arrived } = await limited(1);
    for (let frame = 0; frame < 3; frame++) {
      recording.setTime("frame", frame);
      recording.log("a", numbers(frame));
      recording.log("b", numbers(frame));
    }
    expect(arrived()).toEqual([0, 0]);
    await recording.flush();
    expect(arrived()).toEqual([0, 0, 2, 2]);
    await recording.close();
    expect(arrived()).toEqual([0, 0, 2, 2]);
  });

  it.each([
    ["frames of a video", "VideoStream", "sample"],
    ["transforms of named frames", "Transform3D", "child_frame"],
  ])("does not leave out %s, static data and blueprints", async (_, archetype, component) => {
    const { recording, arrived } = await limited(1);
    const unlimited = componentBatches(archetype, { [component]: { type: TestNumber, values: 1 } });
    for (let frame = 0; frame < 5; frame++) {
      recording.setTime("frame", frame);
      recording.log("unlimited", unlimited);
      recording.log("scalar", numbers(frame));
      recording.log("static", numbers(frame), { static: true });
    }
    expect(arrived()).toEqual([0, 0, 1, 2, 3, 4]);
    expect(recording.stats().sinks[0]).toMatchObject({ filteredRows: 3 });
    await recording.close();
    expect(arrived()).toEqual([0, 0, 1, 2, 3, 4, 4]);
  });

  it("counts chunks with equal times and with several rows as any others", async () => {
    const { recording, arrived } = await limited(10);
    const descriptor = { component: "test:n", archetype: undefined, componentType: undefined };
    const field = { descriptor, type: TestNumber, label: "n" };
    for (let frame = 0; frame < 4; frame++) {
      const times = TimeColumn.sequence("frame", [frame, frame]);
      recording.sendColumns("a", times, [new ComponentColumn(field, [1, 2])]);
    }
    expect(arrived()).toEqual([0]);
    await vi.advanceTimersByTimeAsync(100);
    expect(arrived()).toEqual([0, 3]);
    expect(recording.stats().sinks[0]).toMatchObject({ filteredRows: 4 });
    await recording.close();
  });

  it("keeps the newest chunk intact although a synchronous sink shares its memory", async () => {
    const pieces: Uint8Array[] = [];
    const recording = create();
    await recording.setSink(filtered(new CallbackSink((rrd) => pieces.push(rrd)), { maxRate: 1 }));
    const log = (path: string, frame: number): void => {
      recording.setTime("frame", frame);
      recording.log(path, numbers(frame));
    };
    for (let frame = 0; frame < 4; frame++) log("a", frame);
    for (const path of ["b", "c", "d"]) log(path, 9);
    await recording.close();
    const chunks = pieces.flatMap((piece) => decodeRrd(piece)).filter((message) => message.kind === "chunk");
    const described = chunks.map((chunk) => readChunkManifest(chunk.readArrow()));
    expect(described.map(({ entityPath, ranges }) => [entityPath, ranges[0]?.start.lo])).toEqual([
      ["/a", 0],
      ["/b", 9],
      ["/c", 9],
      ["/d", 9],
      ["/a", 3],
    ]);
  });
});
