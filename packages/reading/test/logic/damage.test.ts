import { openRrd, repairRrd, type RepairReport } from "@rerun-ts/reading";
import { RecordingStream } from "@rerun-ts/core";
import { collect } from "@rerun-ts/test-support/common/collect";
import { Scalars } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { encodeStreamHeader } from "../../../core/dist/rrd/encode/stream-header.js";
import { FrameReader } from "../../dist/source/frame-reader.js";

const HEADER = 16;

function record(values: readonly number[]): Uint8Array {
  const recording = new RecordingStream("damage", { recordingId: "one", batcher: { flushNumRows: 1 } });
  const memory = recording.memoryRecording();
  for (const [frame, value] of values.entries()) recording.log("a", new Scalars(value), { time: { frame } });
  return memory.drainAsBytes();
}

/** Where the messages of a stream are. */
function messagesOf(bytes: Uint8Array): readonly { readonly start: number; readonly end: number }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const places: { start: number; end: number }[] = [];
  for (let start = 12; start + HEADER <= bytes.byteLength && view.getUint8(start) > 0;) {
    const end = start + HEADER + view.getUint32(start + 8, true);
    places.push({ start, end });
    start = end;
  }
  return places;
}

async function lostBytes(bytes: Uint8Array): Promise<number> {
  const { damage } = await openRrd(bytes, { mode: "stream" });
  const reports: RepairReport[] = [];
  await collect(repairRrd(bytes, { onReport: (report) => reports.push(report) }));
  expect(reports[0]?.damage).toEqual(damage.map((found) => ({ ...found, source: 0 })));
  return damage.reduce((sum, { lostBytes: lost }) => sum + lost, 0);
}

describe("what is lost is counted to the byte", () => {
  const bytes = record(Array.from({ length: 60 }, (_, frame) => frame));
  const places = messagesOf(bytes);

  it("where whole messages are zeros", async () => {
    const { start } = places[20] as { start: number };
    const { end } = places[49] as { end: number };
    const damaged = bytes.slice().fill(0, start, end);
    expect(await lostBytes(damaged)).toBe(end - start);
  });

  it("where the end of the stream is zeros", async () => {
    const { end } = places[30] as { end: number };
    expect(await lostBytes(bytes.slice().fill(0, end))).toBe(bytes.byteLength - end);
  });

  it("where the stream is cut, whatever is in the message", async () => {
    const recording = new RecordingStream("damage", { recordingId: "one", compression: "none" });
    const memory = recording.memoryRecording();
    recording.log("a", new Scalars(Array.from({ length: 64 }, () => 0)), { static: true });
    const zeros = memory.drainAsBytes();
    const { start, end } = messagesOf(zeros).at(-1) as { start: number; end: number };
    for (let cut = start + 1; cut < end; cut += 5)
      expect([cut, await lostBytes(zeros.subarray(0, cut))]).toEqual([cut, cut - start]);
  });
});

/** The position of the table `List` in the message with a schema, whose last column is one. */
function listTypeOf(schema: DataView): number {
  const follow = (at: number): number => at + schema.getUint32(at, true);
  const field = (table: number, slot: number): number => {
    const vtable = table - schema.getInt32(table, true);
    return follow(table + schema.getUint16(vtable + 4 + slot * 2, true));
  };
  const fields = field(field(follow(0), 2), 1);
  const last = follow(fields + schema.getUint32(fields, true) * 4);
  return field(last, 3);
}

describe("of a chunk whose bytes are not as they were", () => {
  const recording = new RecordingStream("damage", { recordingId: "one", compression: "none", sendProperties: false });
  const memory = recording.memoryRecording();
  recording.log("a", new Scalars([1, 2]), { static: true });
  const bytes = memory.drainAsBytes();
  const { start, end } = messagesOf(bytes)[1] as { start: number; end: number };
  const latin1 = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const withByte = (at: number, byte: number): Uint8Array => bytes.map((old, index) => (index === at ? byte : old));
  const isRead = async (damaged: Uint8Array): Promise<boolean> => {
    const file = await openRrd(damaged, { mode: "stream" });
    expect(file.damage.map(({ offset }) => offset)).toEqual(file.recording().numChunks === 1 ? [] : [start]);
    return file.recording().numChunks === 1;
  };

  it("the first batch is read, whatever is behind it, as Rerun does", async () => {
    const endMarker = latin1.lastIndexOf("\xff\xff\xff\xff\0\0\0\0", end);
    expect(endMarker).toBeGreaterThan(start);
    expect(await isRead(withByte(endMarker + 5, 1))).toBe(true);
  });

  it("nothing is read if its schema is damaged anywhere: Rerun could read nothing else of the file", async () => {
    const name = latin1.indexOf("rerun:component\0", start);
    expect(await isRead(withByte(name, 0xff))).toBe(false);
    expect(await isRead(withByte(name + "rerun:component".length, 1))).toBe(false);
    // The table of a type without fields, which refers to where its fields are.
    const schema = new DataView(bytes.buffer, bytes.byteOffset + latin1.indexOf("\xff\xff\xff\xff", start) + 8);
    expect(await isRead(withByte(listTypeOf(schema) + 3 + schema.byteOffset - bytes.byteOffset, 0x7f))).toBe(false);
  });
});

it("a message behind damage is read, also where it does not fit what is read at once", async () => {
  const recording = new RecordingStream("damage", { recordingId: "one", compression: "none" });
  const memory = recording.memoryRecording();
  for (let frame = 0; frame < 4; frame++)
    recording.sendColumns(
      `big/${frame}`,
      [],
      Scalars.columns({ scalars: new Float64Array(300_000).fill(frame + 0.5) }).partition([300_000]),
    );
  const bytes = memory.drainAsBytes();
  const places = messagesOf(bytes).filter(({ start, end }) => end - start > 1_000_000);
  const [first] = places;
  const damaged = bytes.slice().fill(0xff, first?.start, (first?.start ?? 0) + HEADER);
  const file = await openRrd(damaged, { mode: "stream" });
  expect(file.recording().schema().entityPaths).toEqual(["/big/1", "/big/2", "/big/3", "/__properties"]);
  expect(file.damage).toMatchObject([{ offset: first?.start, lostBytes: (first?.end ?? 0) - (first?.start ?? 0) }]);
});

/** Headers of messages that claim to reach almost to the end, each in a field of the one before. */
function falseHeaders(kind: number, count: number): Uint8Array {
  const end = 12 + count * 18 - 2;
  const bytes = new Uint8Array(end + 32).fill(0xff, end);
  const view = new DataView(bytes.buffer);
  bytes.set(encodeStreamHeader());
  for (let at = 12; at < end; at += 18) {
    bytes[at] = kind;
    view.setUint32(at + 8, end - at - HEADER, true);
    // The field 15, of 16 bytes.
    if (at + 18 < end) bytes.set([0x7a, HEADER], at + HEADER);
  }
  return bytes;
}

describe("false messages", () => {
  it.for([0, 1, 2, 3])("of the kind %s cost linear time", (kind) => {
    const costs = [1000, 4000, 16_000].map((count) => {
      const bytes = falseHeaders(kind, count);
      const reader = new FrameReader(bytes.byteLength);
      expect([...reader.read(bytes.subarray(12), 12)]).toEqual([]);
      expect(reader.damage).toMatchObject([{ offset: 12, lostBytes: bytes.byteLength - 12 }]);
      return reader.cost / bytes.byteLength;
    });
    // The cost of each byte.
    for (const cost of costs) expect(cost).toBeLessThan(10);
    expect(costs[0]).toBeGreaterThan(0);
  });

  it("between whole ones cost linear time", () => {
    const whole = record([1]);
    const [place] = messagesOf(whole);
    const info = whole.subarray(place?.start, place?.end);
    const step = info.byteLength + HEADER + 2;
    const costs = [100, 400, 1600].map((count) => {
      const end = count * step - 2;
      const bytes = new Uint8Array(end + 32).fill(0xff, end);
      const view = new DataView(bytes.buffer);
      for (let at = 0; at < end; at += step) {
        bytes.set(info, at);
        const header = at + info.byteLength;
        bytes[header] = 2;
        view.setUint32(header + 8, end - header - HEADER, true);
        // The field 15, which holds the next message and the header behind it.
        if (at + step < end) bytes.set([0x7a, info.byteLength + HEADER], header + HEADER);
      }
      const reader = new FrameReader(bytes.byteLength);
      for (const placed of reader.read(bytes, 0)) expect(placed.message.kind).toBe("storeInfo");
      return reader.cost / bytes.byteLength;
    });
    expect(costs[0]).toBeGreaterThan(1);
    for (const cost of costs) expect(cost).toBeLessThan(10);
  });
});
