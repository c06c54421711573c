import { EventEmitter } from "node:events";
import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as zlib from "node:zlib";
import zstd from "@foxglove/wasm-zstd";
import { checkMcap, convertMcap, mcapChunks, mcapInfo, type McapOptions, type McapProblem } from "@rerun-ts/mcap";
import { prepareZstd } from "@rerun-ts/mcap/threads";
import { openRrd, type RrdSource } from "@rerun-ts/reading";
import { collect } from "@rerun-ts/test-support/common/collect";
import { cdrText, mcapFile, textChannel } from "@rerun-ts/test-support/common/mcap-file";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { replaceWorkers, Worker } from "@rerun-ts/test-support/node/replace-workers";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

const MIB = 1024 * 1024;
/** Texts of 512 bytes that hardly compress, so that the file is large enough for a thread. */
const ROWS = 10_500;
const random = seededRandom(3);
const TEXTS = Array.from({ length: ROWS }, (_, row) => {
  const letters = Array.from({ length: 500 }, () => String.fromCharCode(33 + random(90)));
  return `${row} ${letters.join("")}`;
});

const MAGIC = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd);
const ON_MESSAGE = 'const { parentPort } = require("node:worker_threads"); parentPort.on("message", () =>';

/** The bytes at both ends of a file. */
const MCAP = Uint8Array.of(0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a);
const [CHUNK, ATTACHMENT, DATA_END] = [6, 9, 15];
/** The number of bytes before the records of a chunk without compression. */
const CHUNK_HEAD = 9 + 8 + 8 + 8 + 4 + 4 + 8;

/** The records of a file. */
function recordsOf(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = MCAP.byteLength; at < bytes.byteLength - MCAP.byteLength;) {
    const end = at + 9 + Number(bytes.readBigUInt64LE(at + 1));
    records.push(bytes.subarray(at, end));
    at = end;
  }
  return records;
}

function record(op: number, contents: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head[0] = op;
  head.writeBigUInt64LE(BigInt(contents.byteLength), 1);
  return Buffer.concat([head, contents]);
}

/** An attachment without a name, with this many bytes. */
function attachment(size: number): Buffer {
  const contents = Buffer.alloc(8 + 8 + 4 + 4 + 8 + size + 4);
  contents.writeBigUInt64LE(BigInt(size), 24);
  return record(ATTACHMENT, contents);
}

/** The records in a chunk that is compressed by zstd. */
function recordsIn(chunk: Buffer): Buffer {
  return zstd.decompress(chunk.subarray(CHUNK_HEAD + "zstd".length), Number(chunk.readBigUInt64LE(9 + 16)));
}

/** A chunk without a checksum. */
function chunkOf(compression: "" | "zstd", records: Buffer): Buffer {
  const data = compression === "" ? records : zstd.compress(records, 1);
  const head = Buffer.alloc(28 + 4 + compression.length + 8);
  head.writeBigUInt64LE(BigInt(records.byteLength), 16);
  head.writeUInt32LE(compression.length, 28);
  head.write(compression, 32);
  head.writeBigUInt64LE(BigInt(data.byteLength), 32 + compression.length);
  return record(CHUNK, Buffer.concat([head, data]));
}

const folder = makeTemporaryFolder();
afterAll(folder.remove);
afterEach(() => vi.restoreAllMocks());

/** The path of a file whose chunks are compressed by zstd. */
async function fileOf(chunkSize: number, texts = TEXTS): Promise<string> {
  const path = join(folder.path, `${chunkSize}.mcap`);
  const compressChunk = (records: Uint8Array): { compression: string; compressedData: Uint8Array } => ({
    compression: "zstd",
    compressedData: zstd.compress(records, 1),
  });
  await writeFile(
    path,
    await mcapFile(
      [
        textChannel(
          "/a",
          texts.map((text) => cdrText(text)),
        ),
      ],
      { chunkSize, compressChunk },
    ),
  );
  return path;
}

/** The rows of a file, by the numbers at the beginning of their texts, and the problems. */
async function rowsOf(source: RrdSource, options: McapOptions = {}): Promise<{ rows: number[]; problems: string[] }> {
  const rows: number[] = [];
  const problems: McapProblem[] = [];
  for await (const { entityPath, table } of mcapChunks(source, {
    onProblem: (problem) => problems.push(problem),
    ...options,
  })) {
    if (entityPath !== "/a") continue;
    for (const value of table.getChild("TextDocument:text") ?? []) {
      const [text] = value as Iterable<string>;
      const row = Number.parseInt(text as string, 10);
      if (text === TEXTS[row]) rows.push(row);
    }
  }
  return { rows, problems: problems.map(({ reason }) => reason) };
}

const ALL = TEXTS.map((_, row) => row);
let file: string;

beforeAll(async () => {
  await zstd.isLoaded;
  file = await fileOf(256 * 1024);
});

describe("a large MCAP file with zstd", () => {
  it("is decompressed in one other thread, which ends with the conversion", async () => {
    const threads = replaceWorkers((...args) => new Worker(...args));
    expect(await rowsOf(file)).toEqual({ rows: ALL, problems: [] });
    // Later versions of Node have their own threads for it, and the program of a thread is made by the build.
    expect(threads).toHaveLength("zstdDecompress" in zlib || process.env["RERUN_TS_SOURCES"] !== undefined ? 0 : 1);
    for (const thread of threads) await vi.waitFor(() => expect(thread.threadId).toBe(-1));
  });

  it("is read if its chunks are larger than those that are read ahead", async () => {
    const path = await fileOf(9 * MIB, [...TEXTS, ...TEXTS]);
    expect(await rowsOf(path)).toEqual({ rows: [...ALL, ...ALL], problems: [] });
  });

  it("is read in this thread if another one cannot start, or ends", async () => {
    replaceWorkers(() => {
      throw new Error("not permitted");
    });
    expect(await rowsOf(file)).toEqual({ rows: ALL, problems: [] });
    const programs = [
      () => "throw new Error('broken')",
      () => "process.exit()",
      // It starts, and ends at its first job, or at a later one.
      () => `${ON_MESSAGE} process.exit()); parentPort.postMessage(undefined)`,
      (entry: string) => `let jobs = 0; ${ON_MESSAGE} ++jobs > 5 && process.exit()); import("${entry}")`,
    ];
    for (const program of programs) {
      const threads = replaceWorkers(
        (entry, options) => new Worker(program(String(entry)), { ...options, eval: true }),
      );
      expect(await rowsOf(file), String(program)).toEqual({ rows: ALL, problems: [] });
      for (const thread of threads) await vi.waitFor(() => expect(thread.threadId).toBe(-1));
    }
  });

  it("loses only the chunks that are damaged, and those outside of a time range", async () => {
    const bytes = await readFile(file);
    const frames: number[] = [];
    for (let at = bytes.indexOf(MAGIC); at >= 0; at = bytes.indexOf(MAGIC, at + 1)) frames.push(at);
    expect(frames.length).toBeGreaterThan(20);
    for (const frame of [3, 7, 8, frames.length - 1]) bytes[frames[frame] as number] = 0;
    // Its size without compression is in front of the checksum and the compression.
    bytes.writeBigUInt64LE(0n, (frames[5] as number) - 28);
    const damaged = join(folder.path, "damaged.mcap");
    await writeFile(damaged, bytes);
    const { rows, problems } = await rowsOf(damaged);
    expect(problems.filter((reason) => reason.endsWith("the zstd compression of a chunk is damaged"))).toHaveLength(5);
    const perChunk = ROWS / frames.length;
    expect(rows.length).toBeGreaterThan(ROWS - 7 * perChunk);
    expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
    const { problems: found } = await checkMcap(damaged);
    expect(found.filter(({ reason }) => reason.endsWith("is damaged"))).toHaveLength(5);
    const range = { startTime: 5_000_000n, endTime: 9_000_000n };
    expect(await rowsOf(file, range)).toEqual({ rows: ALL.slice(4999, 8999), problems: [] });
  });

  it("is read whatever lies between its chunks, from a path as from memory", async () => {
    const parts = recordsOf(await readFile(file));
    const chunks = parts.filter(([op]) => op === CHUNK);
    const others = parts.filter(([op]) => op !== CHUNK);
    const dataEnd = others.findIndex(([op]) => op === DATA_END);
    const mixed = chunks.slice(0, -8).flatMap((chunk, index) => {
      const uncompressed = chunkOf("", recordsIn(chunk));
      if (index % 5 === 0) return [attachment(index % 2 === 0 ? 10 : 200_000), uncompressed];
      // Messages outside of chunks.
      if (index % 5 === 1) return [recordsIn(chunk)];
      return index % 5 === 2 ? [chunk, attachment(70_000), attachment(5)] : [chunk];
    });
    // Larger than all memory that was used before.
    mixed.push(chunkOf("zstd", Buffer.concat(chunks.slice(-8).map((chunk) => recordsIn(chunk)))));
    const bytes = Buffer.concat([MCAP, ...others.slice(0, dataEnd), ...mixed, ...others.slice(dataEnd), MCAP]);
    const path = join(folder.path, "mixed.mcap");
    await writeFile(path, bytes);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
    shared.set(bytes);
    for (const source of [path, bytes, new Blob([bytes]), shared]) {
      expect(await rowsOf(source)).toEqual({ rows: ALL, problems: [] });
      const info = await mcapInfo(source);
      expect(info.messages).toBe(ROWS);
    }
    expect(Buffer.compare(shared, bytes)).toBe(0);
    // Cut anywhere, a file loses only what is behind the cut.
    for (const length of [bytes.byteLength * 0.3, bytes.byteLength * 0.61, bytes.byteLength * 0.8].map(Math.trunc)) {
      await writeFile(path, bytes.subarray(0, length));
      const fromPath = await rowsOf(path);
      expect(fromPath.problems).toHaveLength(1);
      expect(fromPath.rows.length).toBeGreaterThan(ROWS / 5);
      expect(fromPath.rows).toEqual(ALL.slice(0, fromPath.rows.length));
      expect(await rowsOf(bytes.subarray(0, length))).toEqual(fromPath);
    }
  });

  it("may be left early, and two may be read at once", async () => {
    for await (const chunk of mcapChunks(file)) if (chunk.entityPath === "/a") break;
    const both = await Promise.all([rowsOf(file), rowsOf(file)]);
    expect(both).toEqual([
      { rows: ALL, problems: [] },
      { rows: ALL, problems: [] },
    ]);
  });

  it("begins with its first chunks while a command is loaded", async () => {
    const rowsIn = async (source: RrdSource): Promise<{ rows: number[]; problems: string[] }> => {
      const problems: McapProblem[] = [];
      const rrd = await collect(convertMcap(source, { onProblem: (problem) => problems.push(problem) }));
      const rows: number[] = [];
      for await (const { table } of (await openRrd(rrd)).recording().chunks({ contents: "/a" }))
        for (const [text] of (table.getChild("TextDocument:text") ?? []) as Iterable<Iterable<string>>)
          rows.push(Number.parseInt(text as string, 10));
      return { rows, problems: problems.map(({ reason }) => reason) };
    };
    const threads = replaceWorkers((...args) => new Worker(...args));
    prepareZstd(file);
    expect(await rowsIn(file)).toEqual({ rows: ALL, problems: [] });
    // Another file than the one that was prepared, with the same places.
    const bytes = await readFile(file);
    // The first chunk describes the channel.
    bytes[bytes.indexOf(MAGIC, bytes.indexOf(MAGIC) + 1)] = 0;
    const other = join(folder.path, "other.mcap");
    await writeFile(other, bytes);
    prepareZstd(file);
    const { rows, problems } = await rowsIn(other);
    expect(problems).toEqual([expect.stringMatching(/the zstd compression of a chunk is damaged$/)]);
    expect(rows.length).toBeGreaterThan(ROWS * 0.9);
    // The same damage in the prepared file.
    prepareZstd(other);
    expect(await rowsIn(other)).toEqual({ rows, problems });
    // A thread that is lost.
    replaceWorkers((_, options) => new Worker("process.exit()", { ...options, eval: true }));
    prepareZstd(file);
    expect(await rowsIn(file)).toEqual({ rows: ALL, problems: [] });
    for (const thread of threads) await vi.waitFor(() => expect(thread.threadId).toBe(-1));
  });

  it("keeps the process alive while a thread works that starts later than its jobs", async ({ skip }) => {
    skip("zstdDecompress" in zlib, "this version of Node has its own threads");
    const thread = Object.assign(new EventEmitter(), {
      ref: vi.fn(),
      unref: vi.fn(),
      postMessage: vi.fn<(message: { id: number }) => void>(),
      terminate: vi.fn(),
    });
    replaceWorkers(() => thread as never);
    prepareZstd(file);
    thread.emit("message", undefined);
    expect(thread.ref).toHaveBeenCalled();
    expect(thread.unref).not.toHaveBeenCalled();
    for (const [{ id }] of thread.postMessage.mock.calls) thread.emit("message", { id, error: "not done" });
    expect(thread.unref).toHaveBeenCalledOnce();
    thread.emit("exit");
    const problems: McapProblem[] = [];
    await collect(convertMcap(file, { onProblem: (problem) => problems.push(problem) }));
    expect(problems.length).toBeGreaterThan(0);
  });
});

describe("a large MCAP file without compression", () => {
  it("is read whatever the size of its records, from a path as from memory", async () => {
    const parts = recordsOf(await readFile(file));
    const others = parts.filter(([op]) => op !== CHUNK);
    const dataEnd = others.findIndex(([op]) => op === DATA_END);
    const sizes = [3, 9, 17, 5, 1].map((size) => size * MIB);
    const mixed = parts
      .filter(([op]) => op === CHUNK)
      .flatMap((chunk, index) => {
        const uncompressed = chunkOf("", recordsIn(chunk));
        return index % 4 === 3
          ? [attachment(sizes[(index >> 2) % sizes.length] as number), uncompressed]
          : uncompressed;
      });
    const bytes = Buffer.concat([MCAP, ...others.slice(0, dataEnd), ...mixed, ...others.slice(dataEnd), MCAP]);
    const path = join(folder.path, "uncompressed.mcap");
    await writeFile(path, bytes);
    for (const source of [path, bytes]) expect(await rowsOf(source)).toEqual({ rows: ALL, problems: [] });
    const range = { startTime: 5_000_000n, endTime: 9_000_000n };
    expect(await rowsOf(path, range)).toEqual({ rows: ALL.slice(4999, 8999), problems: [] });
    for (const length of [0.2, 0.5, 0.9].map((share) => Math.trunc(bytes.byteLength * share))) {
      await writeFile(path, bytes.subarray(0, length));
      expect(await rowsOf(path)).toEqual(await rowsOf(bytes.subarray(0, length)));
    }
  });

  it("fails if it becomes shorter while it is read", async () => {
    const path = join(folder.path, "shorter.mcap");
    await writeFile(path, await readFile(join(folder.path, "uncompressed.mcap")));
    const all = mcapChunks(path);
    const readAll = async (): Promise<void> => {
      for await (const chunk of all) if (chunk.entityPath === "/a") await truncate(path, MIB);
    };
    await expect(readAll()).rejects.toMatchObject({ code: "IO_ERROR" });
  });
});
