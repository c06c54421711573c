import { openRrd, type RandomAccess, type RecordingReader } from "@rerun-ts/reading";
import { RecordingStream, RerunError, type StoreId } from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import { RrdWriter } from "@rerun-ts/core/encode";
import { encodeArrowPayload } from "@rerun-ts/core/rrd";
import { concat } from "@rerun-ts/test-support/common/recordings";
import { Scalars } from "@rerun-ts/types";
import { arrowOf } from "../../../dist/store/stream-of.js";
import { tableFromIPC } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { chunkDataOf } from "../../../dist/reading/chunk.js";
import { openRrd as openWithModules } from "../../../dist/reading/open-rrd.js";

function record(flushNumRows = 10, rows = 200): Uint8Array {
  const recording = new RecordingStream("loading", { recordingId: "one", batcher: { flushNumRows } });
  const memory = recording.memoryRecording();
  for (let frame = 0; frame < rows; frame++) recording.log("a", new Scalars(frame), { time: { frame } });
  return memory.drainAsBytes();
}

/** A source that counts what is read, and answers later. */
function counting(bytes: Uint8Array): RandomAccess & { readonly bytesRead: () => number } {
  let sum = 0;
  return {
    size: bytes.byteLength,
    async read(start, length, options) {
      sum += length;
      await Promise.resolve();
      if (options?.signal?.aborted === true) throw new RerunError("ABORTED", "the reading was aborted");
      return bytes.slice(start, start + length);
    },
    bytesRead: () => sum,
  };
}

async function framesOf(recording: RecordingReader): Promise<readonly number[]> {
  const table = await recording.query({ index: "frame" }).toTable();
  return Array.from(table.getChild("frame")?.toArray() as BigInt64Array, Number);
}

describe("chunks that several queries need at once", () => {
  it("are read once, and stay in the cache", async () => {
    const bytes = record();
    const source = counting(bytes);
    const recording = (await openRrd(source)).recording();
    const opened = source.bytesRead();
    await framesOf(recording);
    const once = source.bytesRead() - opened;
    const other = counting(bytes);
    const file = await openRrd(other, { maxCacheBytes: 16 * once });
    const before = other.bytesRead();
    for (let round = 0; round < 5; round++)
      await Promise.all(Array.from({ length: 8 }, async () => framesOf(file.recording())));
    expect(other.bytesRead() - before).toBe(once);
  });

  it("are read by the others if the call that reads them is aborted", async () => {
    const bytes = record();
    const recording = (await openRrd(counting(bytes))).recording();
    const abort = new AbortController();
    const first = recording.query({ index: "frame", signal: abort.signal }).toTable();
    const second = framesOf(recording);
    abort.abort();
    await expect(first).rejects.toMatchObject({ code: "ABORTED" });
    expect(await second).toHaveLength(200);
  });

  it("are read by the others whatever the source throws when it is aborted", async () => {
    const bytes = record();
    let isHeld = false;
    const file = await openRrd({
      size: bytes.byteLength,
      async read(start, length, options) {
        const { signal } = options ?? {};
        if (isHeld && signal !== undefined)
          await new Promise((_, reject) =>
            signal.addEventListener("abort", () => reject(new Error("the line is cut"))),
          );
        return bytes.slice(start, start + length);
      },
    });
    isHeld = true;
    const abort = new AbortController();
    const first = file.recording().query({ index: "frame", signal: abort.signal }).toTable();
    const second = framesOf(file.recording());
    abort.abort();
    await expect(first).rejects.toMatchObject({ code: "ABORTED" });
    expect(await second).toHaveLength(200);
  });

  it("do not keep a call that is aborted waiting for another one", async () => {
    const bytes = record();
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    let isSlow = false;
    const file = await openRrd({
      size: bytes.byteLength,
      async read(start, length) {
        if (isSlow) await gate;
        return bytes.slice(start, start + length);
      },
    });
    isSlow = true;
    const first = framesOf(file.recording());
    const abort = new AbortController();
    const second = file.recording().query({ index: "frame", signal: abort.signal }).toTable();
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: "ABORTED" });
    release();
    expect(await first).toHaveLength(200);
  });
});

describe("chunks in the cache", () => {
  it("do not keep the bytes that were read with them", async () => {
    const recording = new RecordingStream("loading", { batcher: { flushNumRows: 1 } });
    const memory = recording.memoryRecording();
    for (let frame = 0; frame < 500; frame++) {
      recording.log(`e${frame % 50}`, new Scalars(frame), { time: { frame } });
    }
    const source = counting(memory.drainAsBytes());
    // By the modules of `chunkDataOf`, because the package has bundles of them.
    const reader = (await openWithModules(source)).recording();
    const before = source.bytesRead();
    const kept = new Set<ArrayBufferLike>();
    let [bytes, count] = [0, 0];
    for await (const chunk of reader.chunks({ contents: "/e7" })) {
      const data = chunkDataOf(chunk);
      const { payload = new Uint8Array(0) } = data;
      const arrow = arrowOf(data);
      for (const { buffer } of [payload, arrow]) kept.add(buffer);
      bytes += payload.byteLength + arrow.byteLength;
      count++;
    }
    expect(count).toBe(10);
    // Chunks of the other entities are between them.
    expect(source.bytesRead() - before).toBeGreaterThan(10 * bytes);
    expect([...kept].reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThanOrEqual(bytes);
  });
});

/** A file with two recordings whose chunks have the same ids; the frames of the second one are 1000 later. */
function sharingIds(): Uint8Array {
  const original = record();
  const writer = new RrdWriter();
  const pieces: Uint8Array[] = [writer.header()];
  for (const [recordingId, shift] of [
    ["one", 0n],
    ["two", 1000n],
  ] as const) {
    const storeId: StoreId = { kind: "recording", applicationId: "loading", recordingId };
    for (const message of decodeRrd(original)) {
      if (message.kind !== "chunk") continue;
      const arrow = message.readArrow().slice();
      const times = tableFromIPC(arrow).getChild("frame")?.data[0]?.values as BigInt64Array | undefined;
      for (const [row, time] of times?.entries() ?? []) times?.set([time + shift], row);
      const encoded = encodeArrowPayload(storeId, arrow);
      pieces.push(writer.frame({ kind: "chunk", storeId, ...encoded }), encoded.payload);
    }
  }
  return concat([...pieces, writer.finish()]);
}

describe("recordings of one file whose chunks have the same ids", () => {
  it.for([
    ["lazy", ["one", "two"]],
    ["lazy", ["two", "one"]],
    ["stream", ["one", "two"]],
    ["stream", ["two", "one"]],
  ] as const)("have their own rows: %s, %s first", async ([mode, order]) => {
    const file = await openRrd(sharingIds(), { mode });
    const read: Record<string, readonly number[]> = {};
    for (const id of order) read[id] = await framesOf(file.recording(id));
    expect([read["one"]?.[0], read["one"]?.at(-1), read["two"]?.[0], read["two"]?.at(-1)]).toEqual([
      0, 199, 1000, 1199,
    ]);
  });
});

describe("a query of many chunks", () => {
  it("lets the program respond meanwhile, and ends when it is aborted then", async () => {
    const recording = (await openRrd(record(1, 2000))).recording();
    let turns = 0;
    const abort = new AbortController();
    let timer = setImmediate(function count() {
      turns++;
      timer = setImmediate(count);
    });
    await framesOf(recording);
    expect(turns).toBeGreaterThan(10);
    setImmediate(() => abort.abort());
    const aborted = recording.query({ index: "frame", signal: abort.signal }).toTable();
    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
    clearImmediate(timer);
  });
});
