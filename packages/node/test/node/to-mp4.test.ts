import { existsSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openRrd, type RecordingReader } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const ASSETS = join(import.meta.dirname, "../../../../tests/conformance/assets");
/** One unit of a time scale of 90,000, in nanoseconds. */
const TICK = 11_112;
const FRAME = 100_000_000n;

let folder: string;
beforeEach(() => {
  folder = makeTemporaryFolder().path;
});
afterEach(() => removeTemporaryFolder(folder));

async function samplesOf(source: Parameters<typeof rr.video.mp4Samples>[0]): Promise<rr.video.Mp4Sample[]> {
  const samples: rr.video.Mp4Sample[] = [];
  for await (const sample of rr.video.mp4Samples(source)) samples.push(sample);
  return samples;
}

/** The recording of what a function logs. */
async function recorded(log: (rec: rr.RecordingStream) => Promise<void> | void): Promise<RecordingReader> {
  const rec = new rr.RecordingStream("films");
  const memory = rec.memoryRecording();
  await log(rec);
  return (await openRrd(memory.drainAsBytes())).recording();
}

function ofFile(name: string): Promise<RecordingReader> {
  return recorded(async (rec) => void (await rr.video.logVideoFile(rec, "camera", join(ASSETS, "video", name))));
}

/** The recording of a file as an asset, and of a reference to each frame. */
function ofAsset(contents: Buffer): Promise<RecordingReader> {
  return recorded((rec) => {
    rec.log("camera", new rr.AssetVideo({ contents, mediaType: "video/mp4" }), { static: true });
    for (const [frame, time] of [...rr.files.readFrameTimestamps(contents)].entries())
      rec.log("camera", new rr.VideoFrameReference(time), { time: { frame } });
  });
}

/** The units of a frame of AV1 without temporal delimiters. */
function withoutDelimiters(sample: Uint8Array): Buffer {
  return Buffer.from(sample[0] === 0x12 && sample[1] === 0 ? sample.subarray(2) : sample);
}

/** Frames of VP8, a key frame first. Their contents do not matter. */
const VP8 = Array.from({ length: 5 }, (_, frame) =>
  frame === 0
    ? Uint8Array.of(0x10, 0, 0, 0x9d, 1, 0x2a, 64, 0, 48, 0, frame)
    : Uint8Array.from({ length: 20 }, (__, at) => (at === 0 ? 0x31 : frame)),
);

function logVp8(
  rec: rr.RecordingStream,
  frames: readonly Uint8Array[],
  time: (frame: number) => { frame: number } | { t: { duration: number } },
): void {
  rec.log("camera", new rr.VideoStream("VP8"), { static: true });
  for (const [frame, sample] of frames.entries())
    rec.log("camera", rr.VideoStream.fromFields({ sample }), { time: time(frame) });
}

describe("saveMp4", () => {
  it.each(["h264.mp4", "h265.mp4", "av1.mp4", "vp9.mp4", "h264-fragments.mp4"])(
    "writes the frames and times of %s as they are",
    async (name) => {
      const path = join(folder, "film.mp4");
      const before = await samplesOf(join(ASSETS, "video", name));
      const facts = await rr.video.saveMp4(await ofFile(name), "camera", path);
      expect(facts).toMatchObject({ frames: 23, skippedFrames: 0, start: 0n, end: 22n * FRAME });
      expect(facts.bytes).toBe((await readFile(path)).byteLength);
      const after = await samplesOf(path);
      expect(after).toHaveLength(before.length);
      for (const [index, { sample, nanos, isKeyframe, codec }] of after.entries()) {
        const old = before[index] as rr.video.Mp4Sample;
        expect({ index, codec, isKeyframe }).toEqual({ index, codec: old.codec, isKeyframe: old.isKeyframe });
        expect(Math.abs(Number(nanos - old.nanos))).toBeLessThanOrEqual(TICK);
        expect(withoutDelimiters(sample).equals(withoutDelimiters(old.sample))).toBe(true);
      }
    },
  );

  it("writes VP8 as it is, at sequence numbers, and from a chosen one on", async () => {
    const recording = await recorded((rec) => logVp8(rec, VP8, (frame) => ({ frame: 10 + frame })));
    const path = join(folder, "film.mp4");
    await rr.video.saveMp4(recording, "camera", path, { fps: 25 });
    const after = await samplesOf(path);
    expect(after.map(({ sample }) => Buffer.from(sample))).toEqual(VP8.map((sample) => Buffer.from(sample)));
    expect(after.map(({ nanos }) => nanos)).toEqual(VP8.map((_, frame) => BigInt(frame) * 40_000_000n));
    // A decoder cannot start at the chosen frame.
    const part = await rr.video.saveMp4(recording, "camera", path, { fps: 25, from: 12, to: 13 });
    expect(part).toMatchObject({ frames: 4, start: 10n, end: 13n });
    await expect(rr.video.saveMp4(recording, "camera", path)).rejects.toThrow("`fps` is missing");
  });

  it("keeps frames that were logged out of order, at the same time and far apart", async () => {
    const times = [3, 0, 1, 1, 40_000];
    const frames: Uint8Array[] = [...VP8];
    [frames[0], frames[1]] = [frames[1] as Uint8Array, frames[0] as Uint8Array];
    const recording = await recorded((rec) => logVp8(rec, frames, (at) => ({ t: { duration: times[at] ?? 0 } })));
    const path = join(folder, "film.mp4");
    expect(await rr.video.saveMp4(recording, "camera", path)).toMatchObject({ frames: 5, keyframes: 1 });
    expect((await samplesOf(path)).map(({ nanos }) => Number(nanos) / 1e9)).toEqual([0, 1, 1, 3, 40_000]);
  });

  it("leaves out frames that no decoder could show, and refuses a video of these alone", async () => {
    const [key, ...others] = VP8 as [Uint8Array, ...Uint8Array[]];
    const frames = [...others, key, ...others];
    const recording = await recorded((rec) => logVp8(rec, frames, (frame) => ({ frame })));
    const path = join(folder, "film.mp4");
    expect(await rr.video.saveMp4(recording, "camera", path, { fps: 10 })).toMatchObject({
      frames: 5,
      skippedFrames: 4,
      start: 4n,
    });
    const lost = rr.video.saveMp4(recording, "camera", join(folder, "none.mp4"), { fps: 10, to: 3 });
    await expect(lost).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining("none of its 4 frames is a key frame") as string,
    });
    expect(await readdir(folder)).toEqual(["film.mp4"]);
  });

  it("refuses a change of codec, size or parameter sets by name, and writes the parts", async () => {
    const [h264, vp9] = await Promise.all(
      ["h264.mp4", "vp9.mp4"].map((name) => samplesOf(join(ASSETS, "video", name))),
    );
    const path = join(folder, "film.mp4");
    const codecs = await recorded((rec) => {
      for (const [at, { sample }] of [...(h264 ?? []).slice(0, 3), ...(vp9 ?? []).slice(0, 3)].entries())
        rec.log("camera", new rr.VideoStream(at < 3 ? "H264" : "VP9", { sample }), { time: { frame: at } });
    });
    await expect(rr.video.saveMp4(codecs, "camera", path, { fps: 30 })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("the codec of /camera changes from H264 to VP9 at 3") as string,
    });
    expect(await rr.video.saveMp4(codecs, "camera", path, { fps: 30, to: 2 })).toMatchObject({ frames: 3 });
    expect(await rr.video.saveMp4(codecs, "camera", path, { fps: 30, from: 3 })).toMatchObject({ frames: 3 });

    const larger = Uint8Array.from(VP8[0] as Uint8Array, (byte, at) => (at === 6 ? 128 : byte));
    const sizes = await recorded((rec) => logVp8(rec, [...VP8, larger], (frame) => ({ frame })));
    await expect(rr.video.saveMp4(sizes, "camera", path, { fps: 30 })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message:
        "the frame of /camera at frame 5 cannot be written: its size changes from 64×48 to 128×48 pixels: " +
        "make a film of each part with `from` and `to`",
    });

    const key = h264?.[0]?.sample as Uint8Array;
    const changed = Uint8Array.from(key);
    // The second set, that of the picture.
    const pps = Buffer.from(key).indexOf(Uint8Array.of(0, 0, 1, 0x68));
    expect(pps).toBeGreaterThan(0);
    changed[pps + 6] = (changed[pps + 6] as number) ^ 4;
    const sets = await recorded((rec) => {
      for (const [frame, sample] of [key, changed].entries())
        rec.log("camera", new rr.VideoStream("H264", { sample }), { time: { frame } });
    });
    await expect(rr.video.saveMp4(sets, "camera", path, { fps: 30 })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("its parameter sets change") as string,
    });
  });

  it("copies the file of an asset, and cuts it at key frames, with the B-frames", async () => {
    const contents = await readFile(join(ASSETS, "b-frames.mp4"));
    const recording = await ofAsset(contents);
    const path = join(folder, "film.mp4");
    await rr.video.saveMp4(recording, "camera", path);
    expect(Buffer.compare(await readFile(path), contents)).toBe(0);

    const whole = rr.files.readFrameTimestamps(contents);
    const facts = await rr.video.saveMp4(recording, "camera", path, { timeline: "frame", from: 1, to: 4 });
    const times = [...rr.files.readFrameTimestamps(await readFile(path))];
    // Each frame between the first and the last one is there.
    expect(times).toEqual([...whole].slice(0, times.length));
    expect(times.length).toBe(facts.frames);
    expect(times.length).toBeGreaterThanOrEqual(5);
    expect(times.length).toBeLessThan(whole.length);
  });

  it("never leaves a part of a file", async () => {
    const path = join(folder, "film.mp4");
    await writeFile(path, "before");
    const recording = await ofFile("h264.mp4");
    const stop = new AbortController();
    const aborted = rr.video.saveMp4(recording, "camera", path, {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
    expect(await readFile(path, "utf8")).toBe("before");
    const early = rr.video.saveMp4(recording, "camera", path, { signal: AbortSignal.abort() });
    await expect(early).rejects.toMatchObject({ code: "ABORTED" });
    const wrong = rr.video.saveMp4(recording, "camera", join(folder, "other.mp4"), { onProgress: 1 as never });
    await expect(wrong).rejects.toThrow("`onProgress`");
    const progress = rr.video.saveMp4(recording, "camera", join(folder, "other.mp4"), {
      onProgress() {
        throw new Error("no");
      },
    });
    await expect(progress).rejects.toThrow("no");
    expect(await readdir(folder)).toEqual(["film.mp4"]);
    await expect(rr.video.saveMp4(recording, "camera", join(folder, "none/film.mp4"))).rejects.toMatchObject({
      code: "IO_ERROR",
    });
    expect(existsSync(join(folder, "none"))).toBe(false);
  });

  it("says which argument is wrong, and which videos there are", async () => {
    const recording = await ofFile("vp9.mp4");
    const save = (path: unknown, entity: unknown, options?: object): Promise<unknown> =>
      rr.video.saveMp4(recording, entity as string, path as string, options);
    const path = join(folder, "film.mp4");
    await expect(save("", "camera")).rejects.toThrow('`path` must be the path of an MP4 file, got ""');
    await expect(save(join(folder, "film.GIF"), "camera")).rejects.toThrow("`path` must be the path of an MP4 file");
    await expect(save(path, "nope")).rejects.toThrow("the videos are /camera");
    await expect(save(path, "camera", { timeline: "nope" })).rejects.toThrow("`timeline` must be one of the video");
    await expect(save(path, "camera", { fps: 30 })).rejects.toThrow("`fps` must be left out for the timeline video");
    await expect(save(path, "camera", { fps: -1 })).rejects.toThrow("`fps` must be a positive number up to 90000");
    await expect(save(path, "camera", { from: 5 })).rejects.toThrow("`from` must be a duration");
    await expect(save(path, "camera", { from: { duration: 2 }, to: { duration: 1 } })).rejects.toThrow(
      "`to` must not be before `from`",
    );
    await expect(rr.video.saveMp4({} as never, "camera", path)).rejects.toThrow("`recording` must be a recording");
    expect(await readdir(folder)).toEqual([]);
  });
});
