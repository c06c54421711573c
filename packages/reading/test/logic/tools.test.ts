import {
  compareRrd,
  filterRrd,
  mergeRrd,
  migrateRrd,
  openRrd,
  optimizeRrd,
  plainRows,
  repairRrd,
  routeRrd,
  rrdStats,
  splitRrd,
  verifyRrd,
  type Damage,
  type RandomAccess,
  type RepairReport,
} from "@rerun-ts/reading";
import { RecordingStream } from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import { encodeRrd } from "@rerun-ts/core/encode";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { collect } from "@rerun-ts/test-support/common/collect";
import { AnyValues, Points3D, Scalars, TextLog } from "@rerun-ts/types";
import { Field, Float64, Utf8, vectorFromArray, type Data } from "apache-arrow";
import { describe, expect, it, vi } from "vitest";
import { arrowMessage } from "./arrow-message.ts";
import { editArrow } from "./chunks.ts";

const SEED = 17;
const DAMAGES = 200;
const MISALIGNED = "start offset of Int32Array should be a multiple of 4";

function record(recordingId = "one"): Uint8Array {
  const recording = new RecordingStream("tools", { recordingId, batcher: { flushNumRows: 5 } });
  const memory = recording.memoryRecording();
  recording.log("notes", new TextLog("hello"), { static: true });
  for (let frame = 0; frame < 40; frame++) {
    recording.setTime("frame", frame);
    recording.log("a/b", new Scalars(frame));
    if (frame % 4 === 0) recording.log("points", new Points3D([[frame, 1, 2]], { colors: [frame, 0, 0] }));
  }
  return memory.drainAsBytes();
}

interface Message {
  readonly start: number;
  readonly end: number;
  readonly id: string | undefined;
}

/** Where each message is, and the id of its chunk. */
function messagesOf(bytes: Uint8Array): Message[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let start = 12;
  return decodeRrd(bytes).map((message) => {
    const end = start + 16 + view.getUint32(start + 8, true);
    const place = { start, end, id: message.kind === "chunk" ? JSON.stringify(message.chunkId) : undefined };
    start = end;
    return place;
  });
}

const idsOf = (bytes: Uint8Array): string[] => messagesOf(bytes).flatMap(({ id }) => id ?? []);

describe("repairRrd", () => {
  it("keeps every whole message of files that are truncated or have a wrong byte", async () => {
    const random = seededRandom(SEED);
    const bytes = record();
    const messages = messagesOf(bytes).filter(({ id }) => id !== undefined);
    for (let number = 0; number < DAMAGES; number++) {
      const at = 12 + random(bytes.byteLength - 12);
      const isCut = random(2) === 0;
      const damaged = isCut ? bytes.slice(0, at) : bytes.slice();
      if (!isCut) damaged[at] = (bytes[at] as number) ^ (1 + random(255));
      const whole = messages.filter(({ start, end }) => (isCut ? end <= at : at < start || at >= end));
      let report: RepairReport | undefined;
      const repaired = await collect(repairRrd(damaged, { onReport: (made) => (report = made) }));
      const place = `seed ${SEED}, damage ${number}: ${isCut ? "cut" : "wrong byte"} at ${at}`;
      expect(idsOf(repaired), place).toEqual(expect.arrayContaining(whole.map(({ id }) => id)));
      expect(report?.chunks, place).toBeGreaterThanOrEqual(whole.length);
      expect((await verifyRrd(repaired)).problems, place).toEqual([]);
    }
  });

  it("says what it lost", async () => {
    const bytes = record();
    const { start, end } = messagesOf(bytes)[3] as { start: number; end: number };
    const damaged = bytes.slice();
    damaged.fill(0xff, start, start + 16);
    const reports: RepairReport[] = [];
    await collect(repairRrd(damaged, { onReport: (report) => reports.push(report) }));
    expect(reports).toMatchObject([
      { chunks: idsOf(bytes).length - 1, lostBytes: end - start, damage: [{ offset: start }] },
    ]);
    await expect(collect(mergeRrd(damaged))).rejects.toThrow(`source 0 is damaged at byte ${start}`);
  });
});

describe("the file tools", () => {
  it("merge recordings, each chunk once", async () => {
    const [one, two] = [record("one"), record("two")];
    const merged = await openRrd(await collect(mergeRrd([one, two, one])));
    expect(merged.isLazy).toBe(true);
    expect(merged.recordings.map(({ recordingId }) => recordingId)).toEqual(["one", "two"]);
    expect(merged.recording("one").numRows).toBe((await openRrd(one)).recording().numRows);
  });

  it("leaves the footer out, with a warning, if it cannot describe a chunk", async () => {
    const bytes = record();
    const chunk = decodeRrd(bytes)
      .filter((message) => message.kind === "chunk")
      .find((message) => new TextDecoder("latin1").decode(message.readArrow()).includes("TextLog:text"));
    if (chunk === undefined) throw new Error("there is no chunk of texts");
    const { storeId } = chunk;
    const isText = ({ name }: Field): boolean => name === "TextLog:text";
    const payload = arrowMessage(
      storeId,
      editArrow(chunk.readArrow(), {
        // Rerun's components are lists.
        field: (field) => (isText(field) ? new Field(field.name, new Utf8(), true, field.metadata) : field),
        data: (data, field) => (isText(field) ? (vectorFromArray(["hi"], new Utf8()).data[0] as Data) : data),
      }),
    );
    const plain = encodeRrd([{ kind: "chunk", storeId, payload, isStatic: true }], { footer: false });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const merged = await collect(mergeRrd([record("two"), plain]));
    expect(warn.mock.calls).toEqual([
      ["[rerun] the recording has no footer: it cannot describe the Arrow type of a chunk"],
    ]);
    warn.mockRestore();
    expect(decodeRrd(merged).some(({ kind }) => kind === "end")).toBe(false);
    expect(idsOf(merged)).toHaveLength(idsOf(bytes).length + 1);
  });

  it("leave out entities and timelines, and never make a chunk static", async () => {
    const bytes = record();
    const options = { dropEntities: ["/a/**"], dropTimelines: ["log_time"] };
    const recording = (await openRrd(await collect(filterRrd(bytes, options)))).recording();
    expect(recording.schema().entityPaths).toEqual(["/notes", "/points", "/__properties"]);
    expect(recording.schema().indexes.map(({ name }) => name)).toEqual(["frame"]);
    expect(recording.timeRange("frame")).toEqual({ start: 0n, end: 36n });
    const none = await collect(filterRrd(bytes, { dropTimelines: ["frame", "log_time"] }));
    expect((await openRrd(none)).recording().schema().entityPaths).toEqual(["/notes", "/__properties"]);
  });

  it("copy the other chunks, and report the damage, wherever a chunk has a wrong bit", async () => {
    const recording = new RecordingStream("tools", { recordingId: "bits", compression: "none", sendProperties: false });
    const memory = recording.memoryRecording();
    recording.log("other", new Scalars(1));
    await recording.flush();
    recording.log("damaged", new TextLog("hello"));
    const bytes = memory.drainAsBytes();
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const [other, { start, end }] = messagesOf(bytes).filter(({ id }) => id !== undefined) as [Message, Message];
    const reasons: string[] = [];
    for (let at = start + 16; at < end; at++) {
      const damaged = bytes.slice();
      damaged[at] = (bytes[at] as number) ^ 2;
      const options = { continueOnError: true, onDamage: ({ reason }: Damage) => reasons.push(reason) };
      const before = reasons.length;
      expect(idsOf(await collect(filterRrd(damaged, options))), `wrong bit at ${at}`).toContain(other.id);
      if (!reasons.slice(before).includes(MISALIGNED) && at % 8 > 0) continue;
      // These find damage at other times: when the chunk is copied, or encoded anew.
      const quiet = { continueOnError: true, onDamage: () => {} };
      for (const copy of [optimizeRrd(damaged, quiet), migrateRrd(damaged, quiet)])
        expect(idsOf(await collect(copy)), `wrong bit at ${at}`).toContain(other.id);
      const parts = splitRrd(damaged, { ...quiet, timeline: "log_time", times: [new Date(9)] });
      for await (const part of parts) await collect(part.bytes);
    }
    warn.mockRestore();
    // Found only when the chunk is described for the footer.
    expect(reasons).toContain(MISALIGNED);
  });

  it("encode values without lists as Rerun reads them, as one instance in each row", async () => {
    const recording = new RecordingStream("tools", { recordingId: "plain", sendProperties: false });
    const memory = recording.memoryRecording();
    for (const frame of [1, 2]) recording.log("a", new AnyValues({ x: frame }), { time: { frame, other: 1 } });
    const isX = ({ name }: Field): boolean => name === "x";
    const bytes = memory.drainAsBytes();
    const messages = decodeRrd(bytes).flatMap((message) => {
      if (message.kind !== "chunk") return [];
      const arrow = editArrow(message.readArrow(), {
        field: (field) => (isX(field) ? new Field("x", new Float64(), true, field.metadata) : field),
        data: (data, field) => (isX(field) ? (vectorFromArray([1, 2], new Float64()).data[0] as Data) : data),
      });
      const { storeId } = message;
      return { kind: "chunk" as const, storeId, payload: arrowMessage(storeId, arrow), isStatic: false };
    });
    const source = encodeRrd(messages, { footer: false });
    const rowsOf = async (file: Uint8Array): Promise<unknown[]> => {
      const table = await (await openRrd(file)).recording().query({ index: "frame" }).toTable();
      return Array.from(table.getChild("/a:x") ?? [], (value: Iterable<number>) => [...value]);
    };
    expect(await rowsOf(source)).toEqual([[1], [2]]);
    const copies = [filterRrd(source, { dropTimelines: ["other"] }), optimizeRrd([source, bytes]), migrateRrd(source)];
    for (const copy of copies) expect(await rowsOf(await collect(copy))).toEqual([[1], [2]]);
  });

  it("cut a recording into parts that begin with the state before them", async () => {
    const parts: unknown[] = [];
    for await (const { recordingId, from, to, bytes } of splitRrd(record(), { timeline: "frame", times: [10, 22] })) {
      const part = (await openRrd(await collect(bytes))).recording(recordingId);
      const table = await part.query({ index: "frame" }).toTable();
      const frames = Array.from(table.getChild("frame")?.toArray() as BigInt64Array, Number);
      parts.push([recordingId, from, to, frames, part.schema().entityPaths.length]);
    }
    const frames = (first: number, end: number): number[] => Array.from({ length: end - first }, (_, at) => first + at);
    // The last rows before the parts are those of `points` at 8 and 20; `a/b` has one at the first time of each.
    expect(parts).toEqual([
      ["one-0", 0n, 10n, frames(0, 10), 4],
      ["one-1", 10n, 22n, [8, ...frames(10, 22)], 4],
      ["one-2", 22n, 40n, [20, ...frames(22, 40)], 4],
    ]);
  });

  it("name the recordings of a file where only one can be split or compared", async () => {
    const both = await collect(mergeRrd([record("one"), record("two")]));
    const reason = 'the file must have one recording, but it has 2: "one", "two"';
    const parts = splitRrd(both, { timeline: "frame", parts: 2 });
    await expect(parts.next()).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: reason });
    await expect(compareRrd(both, both)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: reason });
  });

  it("says that the bytes of a part are read too late", async () => {
    const late: AsyncIterable<Uint8Array>[] = [];
    for await (const { bytes } of splitRrd(record(), { timeline: "frame", times: [10] })) late.push(bytes);
    for (const bytes of late) await expect(collect(bytes)).rejects.toThrow("read the `bytes` of a part before");
  });

  it("read for each part only the messages that it needs", async () => {
    const rec = new RecordingStream("split", { batcher: { flushNumRows: 1 } });
    const memory = rec.memoryRecording();
    for (let frame = 0; frame < 1000; frame++) rec.log("wave", new Scalars(frame), { time: { frame } });
    const bytes = memory.drainAsBytes();
    let bytesRead = 0;
    const source: RandomAccess = {
      size: bytes.byteLength,
      read(start, length) {
        bytesRead += length;
        return bytes.subarray(start, start + length);
      },
    };
    for await (const part of splitRrd(source, { timeline: "frame", parts: 20 })) await collect(part.bytes);
    // For the index, once for the plan, and once for all parts together, besides messages between the needed ones.
    expect(bytesRead / bytes.byteLength).toBeLessThan(5);
  });

  it("cut a chunk into others, whose ids depend on the chunk and its rows", async () => {
    const bytes = record();
    const split = async (): Promise<Uint8Array[]> => {
      const parts: Uint8Array[] = [];
      for await (const part of splitRrd(bytes, { timeline: "frame", times: [7, 13] }))
        parts.push(await collect(part.bytes));
      return parts;
    };
    const parts = await split();
    expect((await split()).map(idsOf)).toEqual(parts.map(idsOf));
    // Static chunks and those that are whole in a part keep their ids.
    expect(idsOf(parts[0] as Uint8Array)).toContain(idsOf(bytes)[0]);
    const joined = await openRrd(await collect(routeRrd(parts, { recordingId: "joined" })));
    const rowsOf = async (file: typeof joined): Promise<unknown> => {
      const table = await file
        .recording()
        .query({ index: "frame", columns: ["/a/b:Scalars:scalars"] })
        .toTable();
      return [...plainRows(table)].map((row) => row["/a/b:Scalars:scalars"]);
    };
    expect(await rowsOf(joined)).toEqual(await rowsOf(await openRrd(bytes)));
  });

  it("count chunks and rows", async () => {
    const stats = await rrdStats(record());
    expect(stats).toMatchObject({
      numEntityPaths: 4,
      numRows: 52,
      chunksPerEntity: { "/a/b": 8, "/notes": 1, "/points": 2, "/__properties": 1 },
      chunksPerIndex: { frame: 10, log_time: 10 },
    });
    expect(stats.uncompressed.total).toBeGreaterThan(stats.compressed.total);
  });

  it("name the timelines on which rows go back, and count the index of a footer", async () => {
    const recording = new RecordingStream("tools");
    const memory = recording.memoryRecording();
    for (const frame of [2, 1, 3]) recording.log("back", new Scalars(frame), { time: { frame, step: 3 } });
    for (const frame of [1, 2, 2]) recording.log("on", new Scalars(frame), { time: { frame } });
    const stats = await rrdStats(memory.drainAsBytes());
    expect(stats.unsortedIndexes).toEqual({ "/back": ["frame"] });
    expect(stats.footers).toMatchObject([{ numChunks: 3, numStatic: 1, numEntityPaths: 3 }]);
    expect(stats.rowsPerChunk).toEqual({ min: 1, max: 3, avg: 7 / 3 });
    expect(stats.schemas.total + stats.data.total).toBe(stats.uncompressed.total);
  });

  it("find a footer that is missing or wrong", async () => {
    const bytes = record();
    expect(await verifyRrd(bytes)).toEqual({ chunks: idsOf(bytes).length, problems: [] });
    const noFooter = bytes.subarray(0, messagesOf(bytes).at(-1)?.start);
    expect((await verifyRrd(noFooter)).problems).toMatchObject([
      { reason: expect.stringContaining("no footer") as unknown },
    ]);
    expect((await verifyRrd(noFooter, { checkFooters: false })).problems).toEqual([]);
  });
});
