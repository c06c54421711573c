import { compareRrd, openRrd, optimizeRrd } from "@rerun-ts/reading";
import { convertMcap } from "@rerun-ts/mcap";
import { RecordingStream } from "@rerun-ts/core";
import { decodeMessage, PayloadEncoder, type Compressor } from "@rerun-ts/core/rrd";
import { collect } from "@rerun-ts/test-support/common/collect";
import { cdrText, mcapFile, textChannel } from "@rerun-ts/test-support/common/mcap-file";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { replaceWorkers, Worker } from "@rerun-ts/test-support/node/replace-workers";
import { Scalars, TextLog } from "@rerun-ts/types";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { streamOf } from "../../dist/store/stream-of.js";
import { Chunk, chunkDataOf } from "../../dist/reading/chunk.js";

const random = seededRandom(5);
/** Texts of few letters, which LZ4 searches: several megabytes. */
const TEXTS = Array.from({ length: 40 }, (_, row) => {
  const letters = Uint8Array.from({ length: 300_000 }, () => 97 + random(4));
  return `${row} ${new TextDecoder().decode(letters)}`;
});
const ON_MESSAGE = 'const { parentPort } = require("node:worker_threads"); parentPort.on("message", () =>';
/** The build makes the program of a thread. */
const THREADS = process.env["RERUN_TS_SOURCES"] === undefined ? 1 : 0;

let mcap: Uint8Array;
beforeAll(async () => {
  const messages = TEXTS.map((text) => cdrText(text));
  mcap = await mcapFile([textChannel("/a", messages)], { chunkSize: 500_000 });
});
afterEach(() => vi.restoreAllMocks());

async function textsIn(rrd: Uint8Array): Promise<unknown[]> {
  const texts: unknown[] = [];
  for await (const { table } of (await openRrd(rrd)).recording().chunks({ contents: "/a" }))
    for (const [text] of (table.getChild("TextDocument:text") ?? []) as Iterable<Iterable<unknown>>) texts.push(text);
  return texts;
}

function arrowIn(payload: Uint8Array): Uint8Array {
  const message = decodeMessage("chunk", payload);
  if (message.kind !== "chunk") throw new Error(`it is ${message.kind}`);
  return message.readArrow();
}

function toTheirEnd(threads: readonly { readonly threadId: number }[]): Promise<void> {
  return vi.waitFor(() => expect(threads.map(({ threadId }) => threadId)).toEqual(threads.map(() => -1)));
}

describe("a recording with large messages", () => {
  it("is compressed in one other thread, which ends with the conversion", async () => {
    const threads = replaceWorkers((...args) => new Worker(...args));
    const rrd = await collect(convertMcap(mcap));
    expect(await textsIn(rrd)).toEqual(TEXTS);
    expect(rrd.byteLength).toBeLessThan(mcap.byteLength * 0.62);
    expect(threads).toHaveLength(THREADS);
    await toTheirEnd(threads);
  });

  it("is compressed in this thread if another one cannot start, fails, or ends", async () => {
    replaceWorkers(() => {
      throw new Error("not permitted");
    });
    const { byteLength } = await collect(convertMcap(mcap));
    const programs = [
      () => "throw new Error('broken')",
      () => "process.exit()",
      // It starts, and ends at its first job, or at a later one.
      () => `${ON_MESSAGE} process.exit()); parentPort.postMessage(undefined)`,
      (entry: string) => `let jobs = 0; ${ON_MESSAGE} ++jobs > 3 && process.exit()); import("${entry}")`,
    ];
    for (const program of programs) {
      const threads = replaceWorkers(
        (entry, options) => new Worker(program(String(entry)), { ...options, eval: true }),
      );
      const rrd = await collect(convertMcap(mcap));
      expect(await textsIn(rrd), String(program)).toEqual(TEXTS);
      expect(Math.abs(rrd.byteLength / byteLength - 1)).toBeLessThan(0.01);
      await toTheirEnd(threads);
    }
  });

  it("may be left early", async () => {
    const threads = replaceWorkers((...args) => new Worker(...args));
    let size = 0;
    for await (const { byteLength } of convertMcap(mcap)) if ((size += byteLength) > 3_000_000) break;
    expect(threads).toHaveLength(THREADS);
    await toTheirEnd(threads);
    const controller = new AbortController();
    const onProgress = ({ bytes }: { bytes: number }): void => {
      if (bytes > mcap.byteLength / 2) controller.abort();
    };
    const converting = collect(convertMcap(mcap, { signal: controller.signal, onProgress }));
    await expect(converting).rejects.toMatchObject({ code: "ABORTED" });
    await toTheirEnd(threads);
  });

  it("is optimized with the same rows and ids, two at once", async () => {
    const threads = replaceWorkers((...args) => new Worker(...args));
    const recording = new RecordingStream("optimize", { batcher: { flushNumRows: 0 } });
    const memory = recording.memoryRecording();
    for (const [frame, text] of TEXTS.entries()) {
      recording.setTime("frame", frame);
      for (const part of [0, 1, 2])
        recording.log(`e${part}`, new TextLog(text.slice(part * 100_000, part * 100_000 + 90_000)));
    }
    const bytes = memory.drainAsBytes();
    const both = await Promise.all([bytes, bytes].map(async (source) => collect(optimizeRrd(source))));
    for (const optimized of both) {
      const { numRows, differences } = await compareRrd(optimized, bytes, { ids: true });
      expect(differences).toEqual([]);
      expect(numRows).toBeGreaterThanOrEqual(120);
    }
    expect(threads).toHaveLength(2 * THREADS);
    await toTheirEnd(threads);
  });

  it("stays uncompressed where compression hardly saves anything", async () => {
    const chunk = Chunk.fromColumns("a", {
      columns: Scalars.columns({ scalars: new Float64Array(30_000).map(() => random(4)) }),
    });
    const stream = streamOf(chunkDataOf(chunk));
    const fake = (length: (size: number) => number): Compressor => ({
      take: (size) => new Uint8Array(size),
      compress: async (message, _, receive) => {
        await Promise.resolve();
        receive(length(message.byteLength))?.fill(7);
      },
    });
    const storeId = { kind: "recording", applicationId: "a", recordingId: "b" } as const;
    const encoder = new PayloadEncoder();
    const { payload: encoded } = encoder.encode(storeId, stream, (size) => new Uint8Array(size));
    const expected = arrowIn(encoded);
    const shares = { uncompressed: 0.96, compressed: 0.5 };
    for (const [kind, share] of Object.entries(shares)) {
      const compressor = fake((size) => Math.round(size * share));
      const { payload } = await encoder.encodeWith(compressor, storeId, stream, (size) => new Uint8Array(size));
      if (kind === "compressed") expect(payload.byteLength).toBeLessThan(expected.byteLength * 0.6);
      else expect(Buffer.compare(arrowIn(payload), expected)).toBe(0);
    }
  });
});
