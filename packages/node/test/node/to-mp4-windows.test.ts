import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openRrd, type RecordingReader } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { isKeyframe } from "@rerun-ts/types/media";
import { describe, expect, it } from "vitest";

const VIDEOS = join(import.meta.dirname, "../../../../tests/conformance/assets/video");

async function recorded(log: (rec: rr.RecordingStream) => Promise<void> | void): Promise<RecordingReader> {
  const rec = new rr.RecordingStream("films");
  const memory = rec.memoryRecording();
  await log(rec);
  return (await openRrd(memory.drainAsBytes())).recording();
}

async function filmOf(recording: RecordingReader, options?: rr.video.ToMp4Options): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of rr.video.toMp4(recording, "/camera", options)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The last bytes of the frames of a film. */
async function endsOf(film: Uint8Array): Promise<(number | undefined)[]> {
  const ends: (number | undefined)[] = [];
  for await (const { sample } of rr.video.mp4Samples(film)) ends.push(sample.at(-1));
  return ends;
}

/** Frames of VP8 that end with their numbers. Each third one is a key frame. */
function vp8(frame: number): Uint8Array {
  return frame % 3 === 0 ? Uint8Array.of(0x10, 0, 0, 0x9d, 1, 0x2a, 64, 0, 48, 0, frame) : Uint8Array.of(0x31, frame);
}

/** The payload of the box of a file with a configuration. */
function recordOf(file: Buffer, type: string): Buffer {
  const at = file.indexOf(type);
  expect(at).toBeGreaterThan(0);
  return file.subarray(at + 4, at - 4 + file.readUInt32BE(at - 4));
}

/** The width and the height of the sample entry of a file. */
function sizeOf(file: Buffer, entry: string): [number, number] {
  const at = file.lastIndexOf(entry) + 4;
  return [file.readUInt16BE(at + 24), file.readUInt16BE(at + 26)];
}

describe("the configuration of a film", () => {
  it.each([
    ["h264", "avc1", "avcC", 4],
    ["h265", "hvc1", "hvcC", 13],
    ["av1", "av01", "av1C", 4],
    ["vp9", "vp09", "vpcC", 5],
  ] as const)("has the size and the facts of the file of %s that FFmpeg wrote", async (name, entry, record, bytes) => {
    const source = await readFile(join(VIDEOS, `${name}.mp4`));
    const film = await filmOf(
      await recorded(async (rec) => void (await rr.video.logVideoFile(rec, "camera", join(VIDEOS, `${name}.mp4`)))),
    );
    const from = source.includes(entry) ? entry : "hev1";
    expect(sizeOf(film, entry)).toEqual(sizeOf(source, from));
    expect(recordOf(film, record).subarray(0, bytes)).toEqual(recordOf(source, record).subarray(0, bytes));
  });

  it("has the size of VP8 without the bits of its scale", async () => {
    const sample = Uint8Array.of(0x10, 0, 0, 0x9d, 1, 0x2a, 64, 0x40, 48, 0x80, 1);
    const film = await filmOf(
      await recorded((rec) => {
        rec.log("camera", new rr.VideoStream("VP8", { sample }), { time: { frame: 1 } });
      }),
      { fps: 30 },
    );
    expect(sizeOf(film, "vp08")).toEqual([64, 48]);
    expect([...recordOf(film, "vpcC").subarray(4, 7)]).toEqual([0, 0, 0x82]);
  });
});

describe("a part of a stream", () => {
  const stream = () =>
    recorded((rec) => {
      rec.log("camera", new rr.VideoStream("VP9"), { static: true });
      // The later static codec hides the earlier one.
      rec.log("camera", new rr.VideoStream("VP8"), { static: true });
      for (let frame = 0; frame < 9; frame++)
        rec.log("camera", rr.VideoStream.fromFields({ sample: vp8(frame) }), { time: { frame } });
    });

  it("begins at the last key frame that is not later, and has both ends", async () => {
    const recording = await stream();
    const part = async (from?: number, to?: number) => endsOf(await filmOf(recording, { fps: 30, from, to }));
    expect(await part(3, 5)).toEqual([3, 4, 5]);
    expect(await part(5, 5)).toEqual([3, 4, 5]);
    expect(await part(6)).toEqual([6, 7, 8]);
    expect(await part(undefined, 2)).toEqual([0, 1, 2]);
    expect(await part(100)).toEqual([6, 7, 8]);
  });

  it("has frames of the same time in the order in which these were logged, from the last key frame on", async () => {
    const recording = await recorded((rec) => {
      rec.log("camera", new rr.VideoStream("VP8"), { static: true });
      for (let frame = 0; frame < 6; frame++)
        rec.log("camera", rr.VideoStream.fromFields({ sample: vp8(frame) }), { time: { frame: 7 } });
    });
    expect(await endsOf(await filmOf(recording, { fps: 30 }))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await endsOf(await filmOf(recording, { fps: 30, from: 7 }))).toEqual([3, 4, 5]);
  });

  it("takes open groups of H.265, which begin with a CRA picture", () => {
    expect(isKeyframe("H265", Uint8Array.of(0, 0, 1, 21 << 1, 1, 5))).toBe(true);
    expect(isKeyframe("H265", Uint8Array.of(0, 0, 1, 24 << 1, 1, 5))).toBe(false);
    expect(isKeyframe("H264", Uint8Array.of(0, 0, 1, 0x67, 1, 5))).toBe(false);
  });

  it("rounds times to the nearest unit, and keeps the duration of the last frame that has one", async () => {
    const recording = await recorded((rec) => {
      rec.log("camera", new rr.VideoStream("VP8"), { static: true });
      for (const [frame, nanos] of [0n, 8_000n, 8_000n].entries())
        rec.log("camera", rr.VideoStream.fromFields({ sample: vp8(3 * frame) }), {
          time: { t: { duration: { nanos } } },
        });
    });
    const table = recordOf(await filmOf(recording), "stts");
    // Durations of 1, 0 and 1 units of 11.1 µs.
    expect([...new Uint8Array(table.subarray(4))].filter((_, at) => at % 4 === 3)).toEqual([3, 1, 1, 1, 0, 1, 1]);
  });
});

it("a part of an asset has each frame that its references show, in any order", async () => {
  const contents = await readFile(join(VIDEOS, "vp9.mp4"));
  const times = rr.files.readFrameTimestamps(contents);
  const recording = await recorded((rec) => {
    rec.log("camera", new rr.AssetVideo({ contents, mediaType: "video/mp4" }), { static: true });
    for (const [frame, time] of [...times].toReversed().entries())
      rec.log("camera", new rr.VideoFrameReference(time), { time: { frame } });
  });
  let frames = 0;
  const onProgress = (progress: rr.video.Mp4Progress): void => void ({ frames } = progress);
  await filmOf(recording, { timeline: "frame", onProgress, from: 0, to: 22 });
  expect(frames).toBe(23);
});

it("a part of an asset with B-frames has no holes, wherever it ends", async () => {
  const contents = await readFile(join(VIDEOS, "../b-frames.mp4"));
  const whole = [...rr.files.readFrameTimestamps(contents)].map((time) => Number(time));
  for (const [to, last] of whole.entries()) {
    const file = { kind: "file", entityPath: "/camera", contents, shown: { first: 0n, last: BigInt(last) } } as const;
    const pieces: Uint8Array[] = [];
    for await (const piece of rr.video.toMp4({ video: async () => file }, "camera")) pieces.push(piece);
    const times = [...rr.files.readFrameTimestamps(Buffer.concat(pieces))].map((time) => Number(time));
    expect(times.length).toBeGreaterThan(to);
    expect(times).toEqual(whole.slice(0, times.length));
  }
});

/** The film of a single key frame. */
async function ofKey(codec: rr.video.RecordedStream["codec"], sample: readonly number[]): Promise<Buffer> {
  const recording = await recorded((rec) =>
    rec.log("camera", new rr.VideoStream(codec, { sample: Uint8Array.from(sample) }), { time: { frame: 0 } }),
  );
  return filmOf(recording, { fps: 30 });
}

/** Bytes of bits, with zeros behind. */
function bytesOf(...bits: readonly string[]): number[] {
  const text = bits.join("");
  return Array.from({ length: Math.ceil(text.length / 8) }, (_, at) =>
    Number.parseInt(text.slice(8 * at, 8 * at + 8).padEnd(8, "0"), 2),
  );
}

/** A number in Exp-Golomb form. */
function golomb(value: number): string {
  const text = (value + 1).toString(2);
  return "0".repeat(text.length - 1) + text;
}

it("the size of H.264 has no columns and rows that are cut off, and its PPS cannot be missing", async () => {
  const cropped = [3, 2].map(golomb).join("") + "111" + [1, 2, 1, 3].map(golomb).join("") + "01";
  const sps = [0x67, 66, 0xc0, 30, ...bytesOf([0, 0, 0, 0, 1].map(golomb).join(""), "0", cropped)];
  const key = (...sets: readonly (readonly number[])[]): number[] =>
    [...sets, [0x65, 0x88, 0x84]].flatMap((unit) => [0, 0, 0, 1, ...unit]);
  expect(sizeOf(await ofKey("H264", key(sps, [0x68, 0xce, 0x0f, 0xc8])), "avc1")).toEqual([58, 40]);
  await expect(ofKey("H264", key(sps))).rejects.toThrow("the key frame has no parameter sets (PPS)");
});

it.each([
  [1, 1, [1, 2, 3, 4], [58, 34], ""],
  [2, 1, [1, 2, 3, 4], [58, 41], ""],
  // A bit says whether the planes are separate.
  [3, 1, [1, 2, 3, 4], [61, 41], ""],
  [0, 1, [1, 2, 3, 4], [61, 41], ""],
  [1, 1, [0, 0, 0, 0], [64, 48], ""],
  // With a second layer in time, which may have a profile and a level of its own.
  [1, 2, [0, 3, 1, 0], [58, 46], "00"],
  [1, 2, [0, 3, 1, 0], [58, 46], "11"],
  [1, 2, [0, 3, 1, 0], [58, 46], "10"],
  [1, 2, [0, 3, 1, 0], [58, 46], "01"],
] as const)("the size of H.265 (chroma %d, layers %d, cut %j) is %j", async (chroma, layers, cut, size, layer) => {
  const profile = "00010001".repeat(12);
  const own =
    layer === "" ? "" : `${layer}${"0".repeat(14)}${"1".repeat(88 * Number(layer[0]) + 8 * Number(layer[1]))}`;
  const sizes =
    [64, 48].map(golomb).join("") + (cut.every((part) => part === 0) ? "0" : `1${cut.map(golomb).join("")}`);
  const head = `0000${(layers - 1).toString(2).padStart(3, "0")}1`;
  const planes = chroma === 3 ? "1" : "";
  const sps = [
    0x42,
    1,
    ...bytesOf(head, profile, own, golomb(0), golomb(chroma), planes, sizes, golomb(2), golomb(1), "11"),
  ];
  const units = [[0x40, 1, 0x0c], sps, [0x44, 1, 0xc1], [0x26, 1, 0xaf]];
  const film = await ofKey(
    "H265",
    units.flatMap((unit) => [0, 0, 0, 1, ...unit]),
  );
  expect(sizeOf(film, "hvc1")).toEqual(size);
  const record = recordOf(film, "hvcC");
  // 10 bits of luma, 9 of chroma.
  expect([...record.subarray(16, 19)]).toEqual([0xfc | chroma, 0xf8 | 2, 0xf8 | 1]);
  expect((record[21] ?? 0) >> 3).toBe(layers);
});

it("frames of one time in chunks that are read one after the other come as they were logged", async () => {
  const noise = randomBytes(2_200_000);
  const log = (rec: rr.RecordingStream, frames: readonly number[], times: readonly number[]): void => {
    const sample = frames.map((frame) => Buffer.concat([vp8(frame).subarray(0, -1), noise, Buffer.of(frame)]));
    rec.sendColumns("camera", rr.TimeColumn.sequence("frame", times), rr.VideoStream.columns({ sample }));
  };
  const recording = await recorded((rec) => {
    rec.log("camera", new rr.VideoStream("VP8"), { static: true });
    log(rec, [1, 2], [10, 11]);
    // Begins before, so that it is read first.
    log(rec, [0, 4], [5, 10]);
  });
  expect(await endsOf(await filmOf(recording, { fps: 30 }))).toEqual([0, 1, 4, 2]);
});

it("the configuration of AV1 has the level, and the film has no temporal delimiters", async () => {
  const header = bytesOf("000", "1", "1", "01001", "0101", "0101", "111111", "101111", "000000", "0000001");
  const units = [0x0a, header.length, ...header, 0x32, 2, 1, 2];
  const film = await ofKey("AV1", [0x12, 0, ...units]);
  expect(sizeOf(film, "av01")).toEqual([64, 48]);
  expect(recordOf(film, "av1C")[1]).toBe(9);
  for await (const { sample } of rr.video.mp4Samples(film)) expect([...sample]).toEqual(units);
});

it("says that the parameter sets of H.265 are complete, and when the first B-frames are shown", async () => {
  const path = join(VIDEOS, "h265.mp4");
  const film = await filmOf(await recorded(async (rec) => void (await rr.video.logVideoFile(rec, "camera", path))));
  expect(recordOf(film, "hvcC")[23]).toBe(0x80 | 32);
  const contents = await readFile(join(VIDEOS, "../b-frames.mp4"));
  const file = { kind: "file", entityPath: "/camera", contents, shown: { first: 0n, last: 10n ** 9n } } as const;
  const pieces: Uint8Array[] = [];
  for await (const piece of rr.video.toMp4({ video: async () => file }, "camera")) pieces.push(piece);
  const shift = recordOf(contents, "ctts").readUInt32BE(12);
  expect(shift).toBeGreaterThan(0);
  expect(recordOf(Buffer.concat(pieces), "elst").readBigInt64BE(16)).toBe(BigInt(shift));
});

it("refuses a size of zero, a unit of AV1 with the forbidden bit, and more parameter sets than fit", async () => {
  await expect(ofKey("VP8", [0x10, 0, 0, 0x9d, 1, 0x2a, 0, 0, 48, 0, 7])).rejects.toThrow("its size is damaged: 0×48");
  const header = bytesOf("000", "1", "1", "01001", "0101", "0101", "111111", "101111", "000000", "0000001");
  await expect(ofKey("AV1", [0x0a, header.length, ...header, 0xb2, 2, 1, 2])).rejects.toThrow(
    "it does not consist of OBUs of AV1",
  );
  const sets = Array.from({ length: 32 }, (_, id) => [0, 0, 0, 1, 0x68, ...bytesOf(golomb(id), "1")]);
  await expect(ofKey("H264", [...sets.flat(), 0, 0, 0, 1, 0x65, 0x88])).rejects.toThrow("too many or too large");
});

it("counts the frames without a key frame from the beginning of the part on", async () => {
  const recording = await recorded((rec) => {
    rec.log("camera", new rr.VideoStream("VP8"), { static: true });
    for (const frame of [1, 2, 3])
      rec.log("camera", rr.VideoStream.fromFields({ sample: vp8(frame) }), { time: { frame } });
  });
  let skipped = -1;
  await filmOf(recording, { fps: 30, from: 2, onProgress: ({ skippedFrames }) => void (skipped = skippedFrames) });
  expect(skipped).toBe(1);
});

it("begins at the last key frame that is not later, also if later ones are in its chunk", async () => {
  const recording = await recorded((rec) => {
    rec.log("camera", new rr.VideoStream("VP8"), { static: true });
    const numbers = [0, 1, 2, 3, 4, 5, 6, 7];
    const columns = rr.VideoStream.columns({ sample: numbers.map(vp8) });
    rec.sendColumns("camera", rr.TimeColumn.sequence("frame", numbers), columns);
  });
  expect(await endsOf(await filmOf(recording, { fps: 30, from: 4, to: 5 }))).toEqual([3, 4, 5]);
});
