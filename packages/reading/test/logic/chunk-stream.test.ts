import { Chunk, ChunkStore, ChunkStream, openRrd, type RecordingReader } from "@rerun-ts/reading";
import { MemorySink, RecordingStream, TimeColumn } from "@rerun-ts/core";
import { Points3D, Scalars, TextLog } from "@rerun-ts/types";
import { decodeRrd } from "@rerun-ts/core/decode";
import { collect } from "@rerun-ts/test-support/common/collect";
import { describe, expect, it, onTestFinished, vi } from "vitest";

const chunk = (path: string, ...frames: number[]): Chunk =>
  Chunk.fromColumns(path, {
    timelines: TimeColumn.sequence("frame", frames),
    columns: [Scalars.columns({ scalars: frames }), Points3D.columns({ labels: frames.map(String) })],
  });
const note = Chunk.fromColumns("/note", { columns: TextLog.columns({ text: ["static"] }) });

/** Chunks from a generator, and how many were taken of it. */
function counted(chunks: readonly Chunk[]): {
  source: AsyncGenerator<Chunk>;
  taken: () => number;
  isOver: () => boolean;
} {
  let count = 0;
  let isOver = false;
  async function* source(): AsyncGenerator<Chunk> {
    try {
      for (const each of chunks) {
        count++;
        yield each;
      }
    } finally {
      isOver = true;
    }
  }
  return { source: source(), taken: () => count, isOver: () => isOver };
}

async function read(bytes: AsyncIterable<Uint8Array>): Promise<RecordingReader> {
  return (await openRrd(await collect(bytes))).recording();
}

const paths = (chunks: readonly Chunk[]): string[] => chunks.map(({ entityPath }) => entityPath);

describe("ChunkStream", () => {
  it("maps chunks to others, several and none, one at a time", async () => {
    const { source, taken } = counted([chunk("/a", 1), chunk("/b", 2), chunk("/c", 3)]);
    const stream = ChunkStream.from(source).map(async (each) =>
      each.entityPath === "/a" ? undefined : each.entityPath === "/b" ? [each, each.withEntityPath("/b/2")] : each,
    );
    expect(taken()).toBe(0);
    const seen: string[] = [];
    for await (const each of stream) seen.push(`${each.entityPath} after ${taken()}`);
    expect(seen).toEqual(["/b after 2", "/b/2 after 2", "/c after 3"]);
  });

  it("ends its source when its reader ends", async () => {
    const { source, isOver } = counted([chunk("/a", 1), chunk("/b", 2)]);
    for await (const each of ChunkStream.from(source).map((one) => one)) if (each.entityPath === "/a") break;
    expect(isOver()).toBe(true);
  });

  it("keeps, drops and splits by conditions, also by components", async () => {
    const all = ChunkStream.from([chunk("/a/b", 1), chunk("/c", 2), note]);
    expect(paths(await all.filter({ contents: "/a/**" }).toArray())).toEqual(["/a/b"]);
    expect(paths(await all.drop({ contents: "/a/**" }).toArray())).toEqual(["/c", "/note"]);
    expect(paths(await all.filter({ isStatic: true }).toArray())).toEqual(["/note"]);
    expect(paths(await all.filter({ timeline: "frame" }).toArray())).toEqual(["/a/b", "/c"]);
    expect(paths(await all.filter(({ numRows }) => numRows > 1).toArray())).toEqual([]);
    const [labels, rest] = all.split({ components: ["Points3D:labels"], contents: "/c" });
    const [matching, others] = await Promise.all([labels.toArray(), rest.toArray()]);
    expect(matching.map((each) => [each.entityPath, each.components])).toEqual([["/c", ["Points3D:labels"]]]);
    expect(others.map((each) => [each.entityPath, each.components])).toEqual([
      ["/a/b", ["Points3D:labels", "Scalars:scalars"]],
      ["/c", ["Scalars:scalars"]],
      ["/note", ["TextLog:text"]],
    ]);
    const [alone] = await all.filter({ components: "Points3D:labels", contents: "/c" }).toArray();
    expect(alone?.components).toEqual(["Points3D:labels"]);
    expect(() => all.filter({ entity: "/a" } as never)).toThrow("entity");
    expect(() => all.filter({ components: 7 as never })).toThrow("`components` must be the name of a component, or");
  });

  it("is read once for two readers, of which one waits when it is too far ahead", async () => {
    const chunks = Array.from({ length: 20 }, (_, index) => chunk(`/${index}`, index));
    const { source, taken } = counted(chunks);
    const [first, second] = ChunkStream.from(source).tee({ maxChunks: 4 });
    const ahead = first[Symbol.asyncIterator]();
    for (let index = 0; index < 4; index++) await ahead.next();
    const waiting = ahead.next();
    expect(await Promise.race([waiting.then(() => "read"), Promise.resolve().then(() => "waits")])).toBe("waits");
    expect(taken()).toBe(4);
    const behind = second[Symbol.asyncIterator]();
    expect((await behind.next()).value).toBe(chunks[0]);
    expect((await waiting).value).toBe(chunks[4]);
    // The other one has ended: nothing waits for it any more.
    await behind.return?.();
    let rest = 0;
    while ((await ahead.next()).done !== true) rest++;
    expect(rest).toBe(15);
  });

  it("fails in a reader that is ahead while the other one is not read at all, and says so", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const chunks = Array.from({ length: 20 }, (_, index) => chunk(`/${index}`, index));
    const [matching, rest] = ChunkStream.from(chunks).split({ contents: ["/**", "-/3"] }, { maxChunks: 1 });
    const failing = expect(matching.toArray()).rejects.toThrow(
      /^the other stream of `split` is not read, and no more than `maxChunks` \(1\) chunks wait for it; read both/,
    );
    await vi.advanceTimersByTimeAsync(20_000);
    await failing;
    await expect(rest.toArray()).rejects.toThrow("the other stream of `split` is not read");
  });

  it("fails in each reader when its source fails", async () => {
    async function* failing(): AsyncGenerator<Chunk> {
      yield note;
      throw new Error("unplugged");
    }
    const [first, second] = ChunkStream.from(failing()).tee();
    await expect(first.toArray()).rejects.toThrow("unplugged");
    await expect(second.toArray()).rejects.toThrow("unplugged");
  });

  it("is read again if its source can be, and rejects if that is a generator", async () => {
    const again = ChunkStream.from([note]);
    expect(await again.toArray()).toEqual(await again.toArray());
    const once = ChunkStream.from(counted([note]).source);
    await once.toArray();
    await expect(once.toArray()).rejects.toThrow("`chunks` is a generator, which was read already");
  });

  it("rejects what is no chunk", async () => {
    expect(() => ChunkStream.from(7 as never)).toThrow("`chunks` must be an iterable of chunks, got 7");
    await expect(ChunkStream.from([7] as never).toArray()).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("rejects functions whose result is no chunk, or comes too late", async () => {
    const stream = ChunkStream.from([chunk("/a", 1)]);
    for (const wrong of [null, 5, {}])
      await expect(stream.map(() => wrong as never).toArray()).rejects.toThrow(
        "`map` must be a function that returns a chunk, an iterable of chunks, or undefined, got",
      );
    const late = (async () => false) as never;
    await expect(stream.filter(late).toArray()).rejects.toThrow("`condition` must be a function without `async`");
  });

  it("is encoded as a recording with a footer, without empty and repeated chunks", async () => {
    const one = chunk("/a", 1, 2);
    const bytes = ChunkStream.from([one, note, one, one.slice(0, 0)]).encode({
      applicationId: "app",
      recordingId: "r",
    });
    const pieces = await collect(bytes);
    expect(decodeRrd(pieces).map(({ kind }) => kind)).toEqual(["storeInfo", "chunk", "chunk", "end"]);
    const recording = (await openRrd(pieces)).recording();
    expect(recording.info).toMatchObject({ applicationId: "app", recordingId: "r", kind: "recording" });
    expect(recording).toMatchObject({ numChunks: 2, numRows: 3 });
    const copies = await ChunkStream.from(recording.chunks()).toArray();
    expect(copies.map((each) => each.print())).toEqual([one.print(), note.print()]);
  });

  it("is written to a sink, which is closed then", async () => {
    const sink = new MemorySink();
    await ChunkStream.from([chunk("/a", 1), note]).writeRrd(sink, { applicationId: "app" });
    expect(sink.stats().state).toBe("closed");
    expect((await openRrd(sink.drainAsBytes())).recording()).toMatchObject({ numChunks: 2 });
  });

  it("is not written without the ids of a recording", async () => {
    const written = ChunkStream.from([note]).writeRrd(new MemorySink(), undefined as never);
    await expect(written).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: "`options` must be an object with an `applicationId`, got undefined",
    });
  });

  it("becomes the table of a query", async () => {
    const table = await ChunkStream.from([chunk("/a", 2, 1), chunk("/a", 3)]).toTable({ index: "frame" });
    expect(table.getChild("frame")?.toArray()).toEqual(new BigInt64Array([1n, 2n, 3n]));
  });
});

describe("ChunkStore", () => {
  it("answers queries as the file does that it writes", async () => {
    const recording = new RecordingStream("store", { recordingId: "one", sendProperties: false });
    const memory = recording.memoryRecording();
    for (let frame = 0; frame < 10; frame++) {
      recording.setTime("frame", frame);
      recording.log(`/robot/${frame % 3}`, new Scalars(frame));
    }
    recording.log("/note", new TextLog("x"), { static: true });
    const file = (await openRrd(memory.drainAsBytes())).recording();
    const store = await ChunkStore.from(file.chunks());
    const query = { index: "frame", fillLatestAt: true } as const;
    expect((await store.reader.query(query).toTable()).toString()).toBe((await file.query(query).toTable()).toString());
    expect(store.schema().entityPaths).toEqual(file.schema().entityPaths);
    expect(store.numChunks).toBe(file.numChunks);
    const written = await read(ChunkStream.from(store).encode({ applicationId: "store" }));
    expect((await written.query(query).toTable()).toString()).toBe((await file.query(query).toTable()).toString());
  });

  it("describes its chunks in lines, and has each chunk once", async () => {
    const one = chunk("/a", 1, 2);
    const store = await ChunkStore.from([one, note, one, one.slice(0, 0)]);
    expect(store.summary()).toBe(
      [
        "/a rows=2 static=False timelines=['frame'] cols=['Points3D:labels', 'Scalars:scalars', 'frame']",
        "/note rows=1 static=True timelines=[] cols=['TextLog:text']",
      ].join("\n"),
    );
  });
});
