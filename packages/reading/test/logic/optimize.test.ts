import {
  ChunkStream,
  compareRrd,
  openRrd,
  optimizeRrd,
  vectorBatch,
  type Chunk,
  type OptimizeOptions,
} from "@rerun-ts/reading";
import { RecordingStream } from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import { collect } from "@rerun-ts/test-support/common/collect";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { AnyValues, Points3D, Scalars, TextLog, VideoStream } from "@rerun-ts/types";
import {
  Binary,
  Bool,
  type Data,
  type DataType,
  Decimal,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float32,
  Float64,
  Int64,
  Int8,
  LargeUtf8,
  List,
  Null,
  Struct,
  Uint16,
  Utf8,
  Vector,
  makeData,
  vectorFromArray,
} from "apache-arrow";
import { describe, expect, it } from "vitest";

const SEED = 29;

/** A recording with a chunk for each row. */
function record(log: (recording: RecordingStream) => void, recordingId = "one"): Uint8Array {
  const recording = new RecordingStream("optimize", { recordingId, logTime: false, batcher: { flushNumRows: 0 } });
  const memory = recording.memoryRecording();
  log(recording);
  return memory.drainAsBytes();
}

const atFrames =
  (count: number, log: (recording: RecordingStream, frame: number) => void) =>
  (recording: RecordingStream): void => {
    for (let frame = 0; frame < count; frame++) {
      recording.setTime("frame", frame);
      log(recording, frame);
    }
  };

const optimized = (source: Uint8Array, options?: OptimizeOptions): Promise<Uint8Array> =>
  collect(optimizeRrd(source, options));

async function chunksOf(bytes: Uint8Array, contents?: string): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const chunk of (await openRrd(bytes)).recording().chunks({ contents })) chunks.push(chunk);
  return chunks;
}

/** The ids of all rows and entities, as often as they occur. */
async function rowIdsOf(bytes: Uint8Array): Promise<string[]> {
  const chunks = await chunksOf(bytes);
  return chunks
    .flatMap((chunk) => Array.from(chunk.table.getChildAt(0) ?? [], (id) => `${chunk.entityPath} ${String(id)}`))
    .sort();
}

const payloadsOf = (bytes: Uint8Array): Uint8Array[] =>
  decodeRrd(bytes).flatMap(({ kind, payload }) => (kind === "chunk" ? [payload] : []));

const describeAll = (chunks: readonly Chunk[]): string[] =>
  chunks.map(({ components, numRows }) => `${numRows} ${components.join(" ")}`);

describe("optimizeRrd", () => {
  it("keeps every row, id, time and value of random recordings, in few chunks", async () => {
    console.info(`seed ${SEED}`);
    const next = seededRandom(SEED);
    const random = (): number => next(1000) / 1000;
    for (let trial = 0; trial < 6; trial++) {
      const source = record((recording) => {
        recording.log("note", new TextLog("static"), { static: true });
        recording.log("note", new TextLog("newer"), { static: true });
        for (let row = 0; row < 150; row++) {
          // Times go back now and then, and some rows lack a timeline.
          recording.setTime("frame", Math.floor(random() * 50) + (random() < 0.2 ? -40 : row));
          if (random() < 0.5) recording.setTime("other", { duration: row });
          else recording.disableTimeline("other");
          const entity = `e${Math.floor(random() * 3)}`;
          const kind = next(3);
          if (kind === 0) recording.log(entity, new Points3D([[row, 0, 0]], { labels: [`ä${row}`] }));
          else if (kind === 1) recording.log(entity, new AnyValues({ flag: [row % 2 === 0, null] }));
          else recording.log(entity, new Scalars([row, row + 0.5]));
        }
      });
      // With the default limits, small chunks are joined while the file is read for the first time.
      const [maxRows, maxRowsIfUnsorted] = trial % 2 === 0 ? [40, 10] : [undefined, undefined];
      const result = await optimized(source, { maxRows, maxRowsIfUnsorted });
      const { isEqual, differences } = await compareRrd(result, source, { ids: true });
      expect(differences).toEqual([]);
      expect(isEqual).toBe(true);
      expect(await rowIdsOf(result)).toEqual(await rowIdsOf(source));
      expect((await chunksOf(result)).length).toBeLessThan((await chunksOf(source)).length / 2);
      for (const chunk of await chunksOf(result)) {
        const ids = Array.from(chunk.table.getChildAt(0) ?? [], (id) =>
          Array.from(id as Uint8Array, (byte) => String.fromCharCode(byte)).join(""),
        );
        expect(ids).toEqual([...ids].sort());
        const isSorted = chunk.timelines.every((name) =>
          chunk.times(name).every((time, row, all) => row === 0 || time >= (all[row - 1] ?? 0n)),
        );
        expect(chunk.numRows).toBeLessThanOrEqual((isSorted ? maxRows : maxRowsIfUnsorted) ?? Infinity);
      }
      const file = await openRrd(result);
      expect(file.notices).toEqual([]);
    }
  });

  it("compresses the data of each entity by its own kind, also if all have the same components", async () => {
    const next = seededRandom(SEED);
    // No byte of these repeats.
    const noise = (): number[] =>
      Array.from({ length: 8 }, () => 1 + next(2 ** 30) / 2 ** 30 + next(2 ** 30) / 2 ** 52);
    const sizeOf = async (entities: readonly ((frame: number) => number[])[]): Promise<number> => {
      const source = record(
        atFrames(400, (rec, frame) => {
          for (const [index, values] of entities.entries()) rec.log(`e${index}`, new Scalars(values(frame)));
        }),
      );
      return (await optimized(source)).byteLength;
    };
    const constants = Array.from({ length: 7 }, () => () => [1, 2, 3, 4, 5, 6, 7, 8]);
    // The row ids and times of a constant take half of what its values would take without compression.
    expect(await sizeOf([noise, ...constants])).toBeLessThan((await sizeOf([noise])) + 7 * 400 * 8 * 4);
  });

  it("puts rows of chunks that alternate into the order of their ids", async () => {
    const [whole] = await chunksOf(
      await optimized(record(atFrames(9, (rec, frame) => rec.log("a", new Scalars(frame))))),
      "/a",
    );
    const parts = [1, 0].map((rest) => whole?.filter((row) => row % 2 === rest) as Chunk);
    const source = await collect(ChunkStream.from(parts).encode({ applicationId: "unit" }));
    const [merged] = await chunksOf(await optimized(source));
    expect(merged?.times("frame")).toEqual(new BigInt64Array([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]));
    expect(merged?.table.getChildAt(0)?.toArray()).toEqual(whole?.table.getChildAt(0)?.toArray());
  });

  it("reads files of small chunks once, also if two recordings alternate", async () => {
    const source = record(
      atFrames(300, (rec, frame) => {
        for (let entity = 0; entity < 5; entity++) rec.log(`e${entity}`, new Scalars(frame));
      }),
    );
    let bytesRead = 0;
    const access = {
      size: source.byteLength,
      read(start: number, length: number): Uint8Array {
        bytesRead += length;
        return source.slice(start, start + length);
      },
    };
    const result = await collect(optimizeRrd(access));
    expect(bytesRead).toBeLessThan(source.byteLength * 1.1);
    expect((await compareRrd(result, source, { ids: true })).differences).toEqual([]);
    expect((await chunksOf(result)).filter(({ entityPath }) => entityPath.startsWith("/e"))).toHaveLength(5);
    // Of two sources, each has every other row, so their chunks do not follow each other.
    const all = await chunksOf(source);
    const [even, odd] = await Promise.all(
      [0, 1].map((rest) =>
        collect(
          ChunkStream.from(all.filter((_, index) => index % 2 === rest)).encode({
            applicationId: "optimize",
            recordingId: "one",
          }),
        ),
      ),
    );
    const merged = await collect(optimizeRrd([odd as Uint8Array, even as Uint8Array]));
    expect(await rowIdsOf(merged)).toEqual(await rowIdsOf(source));
    for (const chunk of await chunksOf(merged, "/e0"))
      expect(chunk.times("frame").toSorted()).toEqual(chunk.times("frame"));
  });

  it("joins small chunks of every type of column, with nulls and without values, and reads most of them once", async () => {
    console.info(`seed ${SEED}`);
    const next = seededRandom(SEED);
    const word = (): string => "äbc".slice(next(4)).repeat(next(4));
    const types: Record<string, readonly [type: DataType, make: () => unknown, isReadTwice?: boolean]> = {
      flag: [new Bool(), () => next(2) === 0],
      byte: [new Int8(), () => next(200) - 100],
      half: [new Uint16(), () => next(60_000)],
      long: [new Int64(), () => BigInt(next(2 ** 31)) << BigInt(next(30))],
      real: [new Float64(), () => [Number.NaN, next(1000) / 7][next(2)]],
      text: [new Utf8(), word],
      data: [new Binary(), () => new TextEncoder().encode(word())],
      key: [new FixedSizeBinary(3), () => new Uint8Array([next(9), 1, 2])],
      place: [new FixedSizeList(2, new Field("item", new Float32(), false)), () => [next(9), next(9)]],
      words: [new List(new Field("item", new Utf8(), true)), () => Array.from({ length: next(3) }, word)],
      part: [
        new Struct([new Field("a", new Bool(), true), new Field("b", new Utf8(), true)]),
        () => ({ a: [true, false, null][next(3)], b: [word(), null][next(2)] }),
      ],
      wide: [new LargeUtf8(), word, true],
    };
    for (const [name, [type, make, isReadTwice = false]] of Object.entries(types)) {
      const items = (): unknown[] => Array.from({ length: next(4) }, () => (next(4) === 0 ? null : make()));
      const source = record(
        atFrames(60, (rec) => {
          const values = next(5) === 0 ? [] : items();
          const others = { [`${name}2`]: vectorBatch(vectorFromArray(items(), type)) };
          rec.log("a", new AnyValues({ [name]: vectorBatch(vectorFromArray(values, type)), ...others }));
        }),
      );
      let extra = -source.byteLength;
      const read = (start: number, length: number): Uint8Array => {
        extra += length;
        return source.slice(start, start + length);
      };
      const result = await collect(optimizeRrd({ size: source.byteLength, read }));
      expect((await compareRrd(result, source, { ids: true })).differences, name).toEqual([]);
      expect(extra > source.byteLength / 2, name).toBe(isReadTwice);
      // The chunk with properties is another one.
      expect(await chunksOf(result, "/a"), name).toHaveLength(1);
    }
  });

  it("keeps types apart whose names are equal, also in one entity", async () => {
    const decimal = (bits: 128 | 256, value: number): Data => {
      const values = new Uint32Array(bits / 32).fill(0).fill(value, 0, 1);
      return makeData({ type: new Decimal(2, 30, bits), length: 1, nullCount: 0, data: values });
    };
    const source = record(
      atFrames(40, (rec, frame) => {
        const values = ([128, 256] as const).map(
          (bits) => new AnyValues({ x: vectorBatch(new Vector([decimal(bits, frame)])) }),
        );
        rec.log("narrow", values[0] as AnyValues);
        rec.log("wide", values[1] as AnyValues);
        rec.log("both", values[frame % 2] as AnyValues);
      }),
    );
    const result = await optimized(source);
    expect((await compareRrd(result, source, { ids: true })).differences).toEqual([]);
    const chunks = (await chunksOf(result)).filter(({ entityPath }) => entityPath !== "/__properties");
    expect(chunks.map(({ entityPath, numRows }) => `${entityPath} ${numRows}`)).toEqual([
      "/narrow 40",
      "/wide 40",
      "/both 20",
      "/both 20",
    ]);
    const types = chunks.map(({ table }) => table.schema.fields.at(-1)?.type.children[0]?.type as Decimal | undefined);
    expect(types.map((type) => type?.bitWidth)).toEqual([128, 256, 128, 256]);
  });

  it("puts static data first, whatever the order was", async () => {
    const source = record((recording) => {
      atFrames(3, (rec, frame) => rec.log("a", new Scalars(frame)))(recording);
      recording.log("b", new TextLog("late"), { static: true });
    });
    const chunks = await chunksOf(await optimized(source));
    expect(chunks.map(({ entityPath, isStatic }) => `${entityPath} ${String(isStatic)}`)).toEqual([
      "/__properties true",
      "/b true",
      "/a false",
    ]);
  });

  it("limits chunks by rows and bytes, and divides those that are larger", async () => {
    const source = record((recording) => {
      atFrames(100, (rec, frame) => rec.log("small", new Scalars(frame)))(recording);
    });
    expect(describeAll(await chunksOf(await optimized(source, { maxRows: 30 }), "/small"))).toEqual(
      [30, 30, 30, 10].map((rows) => `${rows} Scalars:scalars`),
    );
    const once = await optimized(source);
    expect(describeAll(await chunksOf(await optimized(once, { maxRows: 40 }), "/small"))).toEqual(
      [40, 40, 20].map((rows) => `${rows} Scalars:scalars`),
    );
    // A row takes 16 bytes for its id, 8 for its time, and 12 for its number.
    const bytes = await chunksOf(await optimized(once, { maxBytes: 36 * 50 + 20 }), "/small");
    expect(bytes.map(({ numRows }) => numRows)).toEqual([50, 50]);
  });

  it("gives archetypes of other sizes chunks of their own, with the profile for servers", async () => {
    const scan = new Points3D(new Float32Array(6000), { radii: [0.1] });
    const source = record(atFrames(6, (rec, frame) => rec.log("camera", [scan, new TextLog(`frame ${frame}`)])));
    const all = "Points3D:positions Points3D:radii TextLog:text";
    expect(describeAll(await chunksOf(await optimized(source, { profile: "live" }), "/camera"))).toEqual([`6 ${all}`]);
    const split = await optimized(source);
    expect(describeAll(await chunksOf(split, "/camera"))).toEqual([
      "6 TextLog:text",
      "6 Points3D:positions Points3D:radii",
    ]);
    expect((await compareRrd(split, source)).differences).toEqual([]);
    expect(await chunksOf(await optimized(source, { splitSizeRatio: null }), "/camera")).toHaveLength(1);
  });

  it("begins chunks of videos with key frames", async () => {
    const frame = (number: number): Uint8Array =>
      Uint8Array.from(number % 7 === 0 ? [...KEY_FRAME, number] : [0, 0, 0, 1, 0x41, 0x9a, number]);
    const source = record((recording) => {
      recording.log("video", new VideoStream("H264"), { static: true });
      atFrames(30, (rec, number) => rec.log("video", VideoStream.fromFields({ sample: frame(number) })))(recording);
    });
    const rowsOf = async (options: OptimizeOptions): Promise<number[]> =>
      (await chunksOf(await optimized(source, options), "/video"))
        .filter(({ isStatic, components }) => !isStatic && components.includes("VideoStream:sample"))
        .map(({ numRows }) => numRows);
    expect(await rowsOf({ maxRows: 15 })).toEqual([14, 14, 2]);
    // Frames without a key frame before them cannot be decoded, so these stay together.
    expect(await rowsOf({ maxRows: 3 })).toEqual([7, 7, 7, 7, 2]);
    expect(await rowsOf({ maxRows: 15, gopBatching: false })).toEqual([15, 15]);
    const ignore = ["VideoStream:is_keyframe"];
    expect((await compareRrd(await optimized(source, { maxRows: 15 }), source, { ignore })).differences).toEqual([]);
  });

  it("labels the key frames of videos without labels, and keeps the labels that are there", async () => {
    const labels = async (bytes: Uint8Array): Promise<(readonly [number, unknown])[]> =>
      (await chunksOf(bytes, "/video"))
        .filter(({ components }) => components.includes("VideoStream:is_keyframe"))
        .flatMap(({ table }) =>
          table.toArray().map((row) => [Number(row.frame), row["VideoStream:is_keyframe"]?.get(0)] as const),
        );
    const video = (isLabelled: boolean): Uint8Array =>
      record((recording) => {
        recording.log("video", new VideoStream("H264"), { static: true });
        atFrames(9, (rec, number) => {
          const sample = Uint8Array.from(number % 4 === 0 ? [...KEY_FRAME, number] : [0, 0, 0, 1, 0x41, 0x9a, number]);
          const isKeyframe = isLabelled && number === 0 ? true : undefined;
          rec.log("video", VideoStream.fromFields({ sample, isKeyframe }));
        })(recording);
      });
    const made = [0, 4, 8].map((frame) => [frame, true]);
    expect(await labels(await optimized(video(false)))).toEqual(made);
    expect(await labels(await optimized(video(false), { gopBatching: false }))).toEqual([]);
    expect(await labels(await optimized(video(false), { keepStaticChunks: true }))).toEqual([]);
    expect((await labels(await optimized(video(true)))).filter(([, isKey]) => isKey === true)).toEqual([[0, true]]);
    expect(await labels(await optimized(video(true), { fixKeyframes: true }))).toEqual(made);
  });

  it("compresses points that are logged again and again, whatever their number is", async () => {
    for (const count of [1500, 4500]) {
      const next = seededRandom(SEED);
      const points = Float32Array.from({ length: count * 3 }, () => next(2 ** 31) / 1000);
      const source = record(atFrames(60, (recording) => recording.log("cloud", new Points3D(points))));
      const { byteLength } = await optimized(source);
      expect(byteLength, `${count} points`).toBeLessThan(points.byteLength * 6);
    }
  });

  it("merges several sources, with each chunk once, and makes the same of the same", async () => {
    const log = atFrames(5, (rec, frame) => rec.log("a", new Scalars(frame)));
    const [one, two] = [record(log), record(log)];
    const merged = await collect(optimizeRrd([one, one, two]));
    expect(describeAll(await chunksOf(merged, "/a"))).toEqual(["10 Scalars:scalars"]);
    expect(await collect(optimizeRrd([one, one, two]))).toEqual(merged);
    const again = await optimized(merged);
    expect(payloadsOf(again)).toEqual(payloadsOf(merged));
  });

  it("leaves static chunks as they are on request, so that parts that repeat them have them once", async () => {
    const source = record((recording) => {
      for (const text of ["first", "second"]) recording.log("note", new TextLog(text), { static: true });
      atFrames(5, (rec, frame) => rec.log("a", new Scalars(frame)))(recording);
    });
    const notes = async (bytes: Uint8Array): Promise<string[]> => (await chunksOf(bytes, "/note")).map(({ id }) => id);
    const kept = await optimized(source, { keepStaticChunks: true });
    expect(await notes(kept)).toEqual(await notes(source));
    expect(describeAll(await chunksOf(kept, "/a"))).toEqual(["5 Scalars:scalars"]);
    // Otherwise they become one chunk with another id, beside the same rows in other parts.
    expect(await notes(await optimized(source))).toHaveLength(1);
    const both = await collect(optimizeRrd([source, kept], { keepStaticChunks: true }));
    expect(await notes(both)).toEqual(await notes(source));
  });

  it("rejects damage before it yields anything", async () => {
    const source = record(atFrames(5, (rec, frame) => rec.log("a", new Scalars(frame))));
    const damaged = source.slice();
    damaged.fill(0xee, Math.floor(source.length / 2), Math.floor(source.length / 2) + 64);
    const pieces: Uint8Array[] = [];
    const read = async (): Promise<void> => {
      for await (const piece of optimizeRrd(damaged)) pieces.push(piece);
    };
    await expect(read()).rejects.toMatchObject({ code: "INVALID_FORMAT" });
    expect(pieces).toEqual([]);
    const found: string[] = [];
    const rest = await optimized(damaged, { continueOnError: true, onDamage: ({ reason }) => found.push(reason) });
    expect(found.length).toBeGreaterThan(0);
    expect((await chunksOf(rest)).length).toBeGreaterThan(0);
  });

  it("rejects small chunks with more nulls together than an array can have", async () => {
    const nulls = new Vector([makeData({ type: new Null(), length: 2 ** 30, nullCount: 2 ** 30 })]);
    const source = record(atFrames(3, (rec) => rec.log("a", new AnyValues({ nothing: vectorBatch(nulls) }))));
    await expect(optimized(source)).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });

  it("rejects wrong options", async () => {
    const bytes = new Uint8Array();
    await expect(optimized(bytes, { profile: "small" as never })).rejects.toThrow('`profile` must be "live" or');
    await expect(optimized(bytes, { maxRows: 0 })).rejects.toThrow("`maxRows` must be a positive integer, got 0");
    await expect(optimized(bytes, { splitSizeRatio: 0.5 })).rejects.toThrow("`splitSizeRatio` must be");
  });
});

/** Parameter sets of H.264, 128 × 96 pixels of the baseline profile, and the beginning of a key frame. */
const KEY_FRAME = Array.from(
  "00000001 6742c00a da083640 00000001 68ce0fc8 00000001 658884".matchAll(/[0-9a-f]{2}/g),
  ([byte]) => Number.parseInt(byte, 16),
);
