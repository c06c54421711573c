import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { compareRrd, optimizeRrd } from "@rerun-ts/reading";
import { RecordingStream } from "@rerun-ts/core";
import { collect } from "@rerun-ts/test-support/common/collect";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { TextLog } from "@rerun-ts/types";
import { afterAll, describe, expect, it, vi } from "vitest";

const folder = makeTemporaryFolder();
afterAll(folder.remove);

describe("optimizeRrd", () => {
  it("keeps the rows of small chunks without compression while it reads on in a large file", async () => {
    const recording = new RecordingStream("optimize", { compression: "none", batcher: { flushNumRows: 0 } });
    const memory = recording.memoryRecording();
    // More than three parts of a file, which are read into the same memory in turn.
    for (let frame = 0; frame < 3000; frame++) {
      recording.setTime("frame", frame);
      // Their rows wait for each other while much is read.
      if (frame % 101 === 0) recording.log("rare", new TextLog(`rare ${frame}`));
      recording.log(`e${frame % 3}`, new TextLog(`${frame}`.padEnd(4000, `${frame} `)));
    }
    const bytes = memory.drainAsBytes();
    expect(bytes.byteLength).toBeGreaterThan(14 * 1024 * 1024);
    const path = join(folder.path, "small.rrd");
    await writeFile(path, bytes);
    const optimized = await collect(optimizeRrd(path));
    const { numRows, differences } = await compareRrd(optimized, bytes, { ids: true });
    expect(differences).toEqual([]);
    expect(numRows).toBeGreaterThanOrEqual(3000);
  });

  it("joins small chunks that are far from each other, but keeps the rows of a part of a large file only", async () => {
    const bytesReadAgain = async (entities: number, rounds: number, letters: number): Promise<number> => {
      const recording = new RecordingStream("optimize", { logTime: false, batcher: { flushNumRows: 0 } });
      const memory = recording.memoryRecording();
      for (let frame = 0; frame < rounds; frame++) {
        recording.setTime("frame", frame);
        for (let entity = 0; entity < entities; entity++) recording.log(`e${entity}`, new TextLog("x".repeat(letters)));
      }
      const bytes = memory.drainAsBytes();
      let extra = -bytes.byteLength;
      const read = (start: number, length: number): Uint8Array => {
        extra += length;
        return bytes.slice(start, start + length);
      };
      const optimized = await collect(optimizeRrd({ size: bytes.byteLength, read }));
      expect((await compareRrd(optimized, bytes, { ids: true })).differences).toEqual([]);
      return extra / bytes.byteLength;
    };
    expect(await bytesReadAgain(100, 6, 6600)).toBeLessThan(0.01);
    // The rows of the last round exceed 128 MiB.
    expect(await bytesReadAgain(1000, 6, 30_000)).toBeGreaterThan(0.05);
  });

  it("rejects with the error of the source whenever a read fails, and with no other", async () => {
    const recording = new RecordingStream("optimize", { compression: "none", batcher: { flushNumRows: 0 } });
    const memory = recording.memoryRecording();
    // Chunks that are copied, in several windows that are read ahead.
    for (let frame = 0; frame < 24; frame++) {
      recording.setTime("frame", frame);
      recording.log(`e${frame}`, new TextLog(`${frame}`.padEnd(500_000, "x")));
    }
    const bytes = memory.drainAsBytes();
    let reads = 0;
    const source = (failing: number): { size: number; read(start: number, length: number): Promise<Uint8Array> } => ({
      size: bytes.byteLength,
      read: async (start, length) => {
        if (reads++ === failing) throw new Error(`read ${failing} failed`);
        await Promise.resolve();
        return bytes.slice(start, start + length);
      },
    });
    expect((await compareRrd(await collect(optimizeRrd(source(-1))), bytes, { ids: true })).differences).toEqual([]);
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    // The last reads, which are ahead, and some of the first.
    const total = reads;
    for (const failing of Array(total).keys()) {
      if (failing % 5 !== 0 && failing < total - 6) continue;
      reads = 0;
      const optimizing = (async () => {
        // A slow receiver: reads fail while it has the chunks before.
        for await (const piece of optimizeRrd(source(failing))) if (piece.byteLength > 0) await setImmediate();
      })();
      await expect(optimizing).rejects.toThrow(`read ${failing} failed`);
    }
    await setImmediate();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
