import type { StoreId } from "@rerun-ts/core";
import { describe, expect, it } from "vitest";
import {
  compareSegmentNames,
  parseSegmentName,
  segmentName,
  sortSegments,
  type CreatedSegment,
  type SegmentFolder,
  type SegmentKind,
  type SegmentBytes,
} from "../../../dist/storage/segment-file.js";
import { SegmentLog, type EvictedSegment, type SegmentLogOptions } from "../../../dist/storage/segment-log.js";
import type { StoredMessage } from "../../../dist/storage/stored-message.js";

const STORE: StoreId = { kind: "recording", applicationId: "log", recordingId: "one" };
/** What a segment begins with, and what each message has before its payload. */
const [STREAM, HEADER] = [12, 16];

class MemoryFolder implements SegmentFolder {
  readonly files = new Map<string, { bytes: number; isOpen: boolean }>();
  readonly cuts: unknown[] = [];
  /** Whether the storage is full. */
  isFull = false;
  readonly #counts: Record<SegmentKind, number> = { data: 0, retained: 0 };

  create(kind: SegmentKind): CreatedSegment {
    const name = segmentName(kind, this.#counts[kind]++);
    const state = { bytes: 0, isOpen: true };
    this.files.set(name, state);
    const write = (pieces: readonly Uint8Array[], position: number): void => {
      expect([state.isOpen, position]).toEqual([true, state.bytes]);
      state.bytes += pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (this.isFull) throw new Error("no space left");
    };
    const truncate = (size: number): void => void (state.bytes = size);
    return { name, file: { write, truncate, close: () => (state.isOpen = false) } };
  }

  remove(name: string): void {
    expect(this.files.delete(name)).toBe(true);
  }

  cut(name: string, ranges: readonly SegmentBytes[], bytes: number): boolean {
    const state = this.files.get(name);
    expect(state).toEqual({ bytes, isOpen: false });
    if (state === undefined || this.isFull) return false;
    this.cuts.push([name, ...ranges.map((range) => [range.start, range.length])]);
    for (const { length } of ranges) state.bytes -= length;
    return true;
  }

  get list(): Record<string, number> {
    return Object.fromEntries([...this.files].map(([name, { bytes }]) => [name, bytes]));
  }

  get open(): string[] {
    return [...this.files].filter(([, { isOpen }]) => isOpen).map(([name]) => name);
  }
}

function messageOf(bytes: number, more: Partial<StoredMessage> = {}): StoredMessage {
  return { kind: "chunk", storeId: STORE, payload: new Uint8Array(bytes), rows: 2, retentionKey: undefined, ...more };
}

function start(options: Partial<SegmentLogOptions> = {}) {
  const folder = new MemoryFolder();
  const evicted: EvictedSegment[] = [];
  const log = new SegmentLog(folder, {
    segmentBytes: 1000,
    segmentMs: Infinity,
    maxBytes: Infinity,
    maxAgeMs: Infinity,
    separatesRetained: false,
    onEvicted: (found) => evicted.push(found),
    ...options,
  });
  return { folder, log, evicted };
}

const D = (number: number): string => segmentName("data", number);
const R = (number: number): string => segmentName("retained", number);

describe("a log of segments", () => {
  it("begins another file before one would be larger than the limit", () => {
    const { folder, log } = start();
    for (const [id, bytes] of [400, 572 - HEADER, 1, 2000, 5].entries()) log.append(messageOf(bytes), id);
    expect(folder.list).toEqual({
      [D(0)]: STREAM + HEADER + 400 + 572,
      [D(1)]: STREAM + HEADER + 1,
      [D(2)]: STREAM + HEADER + 2000,
      [D(3)]: STREAM + HEADER + 5,
    });
    expect(folder.open).toEqual([D(3)]);
    expect(log.bytes).toBe(Object.values(folder.list).reduce((sum, bytes) => sum + bytes, 0));
    expect([log.dataBytes, log.files.length]).toEqual([log.bytes, 1]);
  });

  it("has the information of a store in each of its segments", () => {
    const { folder, log } = start();
    log.append(messageOf(100, { kind: "storeInfo" }), 0);
    log.append(messageOf(900), 1);
    log.append(messageOf(10), 2);
    expect(folder.list).toEqual({
      [D(0)]: STREAM + HEADER + 100,
      [D(1)]: STREAM + 2 * HEADER + 100 + 900,
      [D(2)]: STREAM + 2 * HEADER + 100 + 10,
    });
  });

  it("is read segment by segment, of which the last one is ended", () => {
    const { folder, log } = start();
    for (let id = 1; id <= 4; id++) log.append(messageOf(450), id);
    expect(log.read(0)).toMatchObject({ name: D(0), rows: 4, lastId: 2, bytes: STREAM + 2 * (HEADER + 450) });
    expect(folder.open).toEqual([D(1)]);
    expect(log.read(2)).toMatchObject({ name: D(1), lastId: 4 });
    expect(folder.open).toEqual([]);
    expect(log.read(4)).toBeUndefined();
    log.append(messageOf(1), 5);
    expect(log.read(4)?.name).toBe(D(2));
  });

  it("removes segments whose messages were all released, but continues a small one", () => {
    const { folder, log } = start();
    for (let id = 1; id <= 5; id++) log.append(messageOf(450), id);
    log.release(1);
    expect(Object.keys(folder.list)).toEqual([D(0), D(1), D(2)]);
    log.release(3);
    expect(Object.keys(folder.list)).toEqual([D(1), D(2)]);
    log.release(5);
    expect([folder.list, log.bytes]).toEqual([{}, 0]);
    log.append(messageOf(100), 6);
    log.release(6);
    expect(folder.open).toEqual([D(3)]);
    log.append(messageOf(100), 7);
    log.release(7);
    expect(folder.open).toEqual([D(3)]);
    log.append(messageOf(100), 8);
    log.release(8);
    expect(folder.list).toEqual({});
  });

  it("removes the oldest data for new data, except for what is read or written", () => {
    const { folder, log, evicted } = start({ maxBytes: 2500 });
    for (let id = 1; id <= 5; id++) log.append(messageOf(450), id);
    expect(evicted).toEqual([]);
    log.append(messageOf(450), 6);
    const bytes = STREAM + 2 * (HEADER + 450);
    expect(evicted).toEqual([{ name: D(0), bytes, rows: 4, firstId: 1, lastId: 2, reason: "queue-full" }]);
    expect(log.read(2)?.name).toBe(D(1));
    log.append(messageOf(900), 7);
    // The third one was written until now.
    expect(Object.keys(folder.list)).toEqual([D(1), D(2), D(3)]);
    expect([log.evictOldest(), log.evictOldest()]).toEqual([true, false]);
    expect(evicted.map(({ name }) => name)).toEqual([D(0), D(2)]);
    expect(Object.keys(folder.list)).toEqual([D(1), D(3)]);
  });

  it("does not report what was released before it is removed", () => {
    const { log, evicted } = start({ maxBytes: 1500 });
    log.append(messageOf(450), 1);
    log.append(messageOf(450), 2);
    log.append(messageOf(100), 3);
    log.release(1);
    log.append(messageOf(900), 4);
    expect(evicted.map(({ lastId }) => lastId)).toEqual([2]);
    expect(log.evictOldest()).toBe(true);
    expect(evicted.map(({ lastId }) => lastId)).toEqual([2, 3]);
  });

  it("has all before a message that could not be written", () => {
    const { folder, log } = start();
    folder.isFull = true;
    expect(() => log.append(messageOf(10), 1)).toThrow("no space left");
    expect([folder.list, log.bytes, log.files]).toEqual([{}, 0, []]);
    folder.isFull = false;
    log.append(messageOf(10), 1);
    folder.isFull = true;
    expect(() => log.append(messageOf(10), 2)).toThrow("no space left");
    expect(folder.list).toEqual({ [D(1)]: STREAM + HEADER + 10 });
    expect(log.read(0)).toMatchObject({ lastId: 1, rows: 2 });
  });

  it("has the segments of earlier programs, and continues the last one", () => {
    const { folder, log, evicted } = start({ maxBytes: 1200 });
    const found = folder.create("data");
    found.file.write([new Uint8Array(300)], 0);
    log.adopt({ name: found.name, bytes: 300, modifiedAt: Date.now() }, 0);
    expect([log.bytes, log.read(-1)?.rows]).toEqual([300, undefined]);
    log.continue(found.file);
    log.append(messageOf(100), 1);
    expect(folder.list).toEqual({ [D(0)]: 300 + HEADER + 100 });
    log.append(messageOf(900), 2);
    expect(evicted).toEqual([]);
    expect(log.read(0)).toMatchObject({ name: D(0), lastId: 1, rows: undefined });
  });

  it("removes what earlier programs have retained with the last of their data", () => {
    const { folder, log } = start();
    const [retained, data] = [folder.create("retained"), folder.create("data")];
    log.adopt({ name: retained.name, bytes: 50, modifiedAt: Date.now() }, 0);
    log.adopt({ name: data.name, bytes: 60, modifiedAt: Date.now() }, 1);
    log.release(0);
    expect(Object.keys(folder.list)).toEqual([R(0), D(0)]);
    log.release(1);
    expect([folder.list, log.bytes]).toEqual([{}, 0]);
  });

  it("removes data that is too old", () => {
    const { folder, log, evicted } = start({ maxAgeMs: 60_000, segmentMs: 10_000 });
    for (const [at, age] of [200_000, 70_000, 50_000].entries())
      log.adopt({ name: folder.create("data").name, bytes: 10, modifiedAt: Date.now() - age }, at + 1);
    log.append(messageOf(5), 4);
    expect(evicted.map(({ name, reason }) => [name, reason])).toEqual([
      [D(0), "expired"],
      [D(1), "expired"],
    ]);
    expect(Object.keys(folder.list)).toEqual([D(2), D(3)]);
    expect(folder.open).toContain(D(3));
  });

  it("keeps data that is too old while it is read, or reports it once it is not", () => {
    const { folder, log, evicted } = start({ maxAgeMs: 60_000, segmentMs: 10_000 });
    for (const id of [1, 2])
      log.adopt({ name: folder.create("data").name, bytes: 10, modifiedAt: Date.now() - 70_000 }, id);
    log.release(1);
    expect(Object.keys(folder.list)).toEqual([D(1)]);
    expect(log.read(1)?.name).toBe(D(1));
    log.evictExpired();
    expect(evicted).toEqual([]);
    log.release(2);
    expect([evicted, folder.list]).toEqual([[], {}]);
  });

  it("ends a segment after its time", () => {
    const { folder, log } = start({ maxAgeMs: 60_000, segmentMs: -1 });
    log.append(messageOf(5), 1);
    log.append(messageOf(5), 2);
    expect(Object.keys(folder.list)).toEqual([D(0), D(1)]);
    log.evictExpired();
    expect(folder.open).toEqual([]);
  });

  it("is closed with its files, or emptied", () => {
    const { folder, log } = start({ separatesRetained: true });
    log.append(messageOf(5), 1);
    log.append(messageOf(5, { retentionKey: "a" }), 0);
    expect(folder.open).toEqual([D(0), R(0)]);
    log.close(false);
    expect([folder.open, Object.keys(folder.list)]).toEqual([[], [D(0), R(0)]]);
    log.append(messageOf(5), 2);
    log.close(true);
    expect([folder.list, log.bytes]).toEqual([{}, 0]);
  });
});

describe("the retained state of a log", () => {
  it("has segments of its own, which stay while data is removed", () => {
    const { folder, log } = start({ separatesRetained: true, maxBytes: 1500 });
    log.append(messageOf(50, { kind: "storeInfo", retentionKey: "info" }), 0);
    log.append(messageOf(70, { retentionKey: "a" }), 0);
    for (let id = 1; id <= 3; id++) log.append(messageOf(800), id);
    expect(Object.keys(folder.list)).toEqual([R(0), D(1), D(2)]);
    expect(folder.list[R(0)]).toBe(STREAM + 2 * HEADER + 120);
    expect(log.bytes - log.dataBytes).toBe(folder.list[R(0)]);
  });

  it("is written anew once less than half of it is current", () => {
    const { folder, log } = start({ separatesRetained: true, segmentBytes: 100 });
    for (let time = 0; time < 3; time++) log.append(messageOf(100, { retentionKey: "a" }), 0);
    expect(Object.values(folder.list)).toEqual([STREAM + HEADER + 100]);
    log.append(messageOf(10, { retentionKey: "b" }), 0);
    log.close(false);
    expect(Object.values(folder.list).reduce((sum, bytes) => sum + bytes, 0)).toBe(2 * (STREAM + HEADER) + 110);
  });

  it("loses its oldest chunks where it takes more than half of the limit", () => {
    const { log, evicted } = start({ separatesRetained: true, maxBytes: 1000 });
    log.append(messageOf(100, { kind: "storeInfo", retentionKey: "info" }), 0);
    log.append(messageOf(300, { retentionKey: "a" }), 0);
    expect(evicted).toEqual([]);
    log.append(messageOf(200, { retentionKey: "b" }), 0);
    expect(evicted).toEqual([
      { name: undefined, bytes: 300, rows: 2, firstId: Infinity, lastId: Infinity, key: "a", reason: "queue-full" },
    ]);
    // The newest one stays.
    log.append(messageOf(900, { retentionKey: "c" }), 0);
    expect(evicted.map(({ key }) => key)).toEqual(["a", "b"]);
  });

  it("has one blueprint of an application: the one that was made active last", () => {
    const { folder, log } = start({ separatesRetained: true, segmentBytes: 10 });
    const blueprint = (recordingId: string, kind: StoredMessage["kind"], key: string, applicationId = "log"): void =>
      log.append(
        messageOf(40, { kind, retentionKey: key, storeId: { kind: "blueprint", applicationId, recordingId } }),
        0,
      );
    blueprint("1", "chunk", "1");
    blueprint("other", "chunk", "other", "another application");
    blueprint("2", "chunk", "2");
    blueprint("2", "activation", "active");
    log.close(false);
    // Three messages are left: they were written anew, each in a segment, when two of four were current.
    const bytes = Object.values(folder.list).reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeLessThanOrEqual(4 * (STREAM + HEADER + 40));
  });
});

describe("a log with videos", () => {
  const size = HEADER + 100;
  const key = (log: SegmentLog, id: number, entity = "a"): void =>
    log.append(messageOf(100, { video: { entity, startsGroup: true } }), id);
  const other = (log: SegmentLog, id: number, entity = "a"): void =>
    log.append(messageOf(100, { video: { entity, startsGroup: false } }), id);

  it("begins a segment with a key frame, if half a segment is written", () => {
    const { folder, log } = start({ segmentBytes: STREAM + 5 * size });
    for (let id = 1; id <= 8; id++) ((id - 1) % 3 === 0 ? key : other)(log, id);
    expect(folder.list).toEqual({ [D(0)]: STREAM + 3 * size, [D(1)]: STREAM + 3 * size, [D(2)]: STREAM + 2 * size });
  });

  it("cuts the frames that need a removed one out of later segments, and reports them", () => {
    const { folder, log, evicted } = start({ segmentBytes: STREAM + 3 * size });
    // Of the group that begins with 2, frames are in three segments. The video `b` begins before its first key frame.
    key(log, 1, "c");
    key(log, 2);
    other(log, 3);
    other(log, 4);
    other(log, 5, "b");
    other(log, 6);
    other(log, 7);
    key(log, 8, "b");
    log.append(messageOf(100), 9);
    log.seal();
    expect(log.evictOldest()).toBe(true);
    expect(folder.cuts).toEqual([
      [D(1), [STREAM, size], [STREAM + 2 * size, size]],
      [D(2), [STREAM, size]],
    ]);
    expect(folder.list).toEqual({ [D(1)]: STREAM + size, [D(2)]: STREAM + 2 * size });
    expect(evicted.map(({ name, bytes, rows, firstId, lastId }) => [name, bytes, rows, firstId, lastId])).toEqual([
      [D(0), STREAM + 3 * size, 6, 1, 3],
      [undefined, 100, 2, 4, 4],
      [undefined, 100, 2, 6, 6],
      [undefined, 100, 2, 7, 7],
    ]);
    expect(log.bytes).toBe(2 * STREAM + 3 * size);
  });

  it("cuts the frames of the segment that is written at its end, up to the next key frame", () => {
    const { folder, log } = start({ segmentBytes: STREAM + 4 * size });
    for (const id of [1, 2, 3, 4]) (id === 1 ? key : other)(log, id);
    other(log, 5);
    log.evictOldest();
    other(log, 6);
    expect(folder.cuts).toEqual([]);
    log.seal();
    other(log, 7);
    key(log, 8);
    other(log, 9);
    log.seal();
    other(log, 10);
    log.seal();
    expect(folder.cuts).toEqual([
      [D(1), [STREAM, size], [STREAM + size, size]],
      [D(2), [STREAM, size]],
    ]);
  });

  it("finds the frames of a video in a segment that another one was cut out of", () => {
    const { folder, log } = start({ segmentBytes: STREAM + 6 * size });
    key(log, 1);
    log.seal();
    key(log, 2, "b");
    log.seal();
    for (const id of [3, 5, 7]) {
      other(log, id);
      other(log, id + 1, "b");
    }
    log.seal();
    log.evictOldest();
    log.evictOldest();
    const ranges = (...at: number[]): number[][] => at.map((index) => [STREAM + index * size, size]);
    expect(folder.cuts).toEqual([
      [D(2), ...ranges(0, 2, 4)],
      [D(2), ...ranges(0, 1, 2)],
    ]);
  });

  it("leaves frames that need a released one, and segments that cannot be cut", () => {
    const { folder, log, evicted } = start({ segmentBytes: STREAM + 2 * size });
    for (const id of [1, 2, 3, 4, 5]) (id === 1 ? key : other)(log, id);
    log.release(2);
    log.seal();
    expect([Object.keys(folder.list), folder.cuts]).toEqual([[D(1), D(2)], []]);
    folder.isFull = true;
    log.evictOldest();
    expect([folder.list, evicted.length, log.bytes]).toEqual([{ [D(2)]: STREAM + size }, 1, STREAM + size]);
  });
});

describe("the names of segments", () => {
  it("tell kind and number", () => {
    expect([D(5), R(123_456_789)]).toEqual(["d00000005.v1.rrd", "r123456789.v1.rrd"]);
    expect(parseSegmentName(D(5))).toEqual({ kind: "data", number: 5 });
    expect(parseSegmentName(R(123_456_789))).toEqual({ kind: "retained", number: 123_456_789 });
    for (const name of ["d0000005.rrd", "x00000005.rrd", "d00000005.rrd2", "ad00000005.rrd", "d00000005rrrd"])
      expect(parseSegmentName(name)).toBeUndefined();
  });

  it("are sorted by number, the retained state first; other files are left out", () => {
    const names = [D(10), R(2), "notes.txt", D(9), D(100_000_000), R(1)];
    expect(sortSegments(names.map((name) => ({ name }))).map(({ name }) => name)).toEqual([
      R(1),
      R(2),
      D(9),
      D(10),
      D(100_000_000),
    ]);
    expect(compareSegmentNames(R(5), D(1))).toBeLessThan(0);
    expect(compareSegmentNames(D(1), R(5))).toBeGreaterThan(0);
  });
});
