import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { openRrd, plainRows } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { describe, expect, it } from "vitest";

const VIDEOS = join(import.meta.dirname, "../../../../tests/conformance/assets/video");
const SEED = 29;
const DAMAGES = 150;

async function samplesOf(source: Parameters<typeof rr.video.mp4Samples>[0]): Promise<rr.video.Mp4Sample[]> {
  const samples: rr.video.Mp4Sample[] = [];
  for await (const sample of rr.video.mp4Samples(source)) samples.push(sample);
  return samples;
}

/** The code of the error with which a video is rejected. */
async function codeOf(source: Uint8Array): Promise<string> {
  const rejection: unknown = await samplesOf(source).catch((error: unknown) => error);
  return rr.isRerunError(rejection) ? rejection.code : String(rejection);
}

/** The position of the payload of a box, after its version. */
function boxAt(file: Buffer, type: string): number {
  return file.indexOf(type) + 8;
}

describe("a video file", () => {
  it("has its frames with their times and key frames, read from a path, bytes or a blob", async () => {
    const path = join(VIDEOS, "h264.mp4");
    const bytes = await readFile(path);
    const samples = await samplesOf(path);
    expect(samples.map(({ nanos }) => nanos)).toEqual(
      Array.from({ length: 23 }, (_, frame) => BigInt(frame) * 10n ** 8n),
    );
    expect(samples.flatMap(({ isKeyframe, index }) => (isKeyframe ? index : []))).toEqual([0, 8, 16, 20]);
    // In Annex B form, a key frame with its parameter sets.
    expect([...(samples[0]?.sample.subarray(0, 5) ?? [])]).toEqual([0, 0, 0, 1, 0x67]);
    expect(await samplesOf(bytes)).toEqual(samples);
    expect(await samplesOf(new Blob([bytes]))).toEqual(samples);
  });

  it("is logged with timestamps from a moment on, on a chosen timeline", async () => {
    const rec = new rr.RecordingStream("video", { recordingId: "one" });
    const memory = rec.memoryRecording();
    const start = new Date("2026-01-31T12:00:00Z");
    const options = { start, timeline: "capture" };
    expect(await rr.video.logVideoFile(rec, "camera", join(VIDEOS, "av1.mp4"), options)).toEqual({
      codec: "AV1",
      frames: 23,
      keyframes: 4,
    });
    const recording = (await openRrd(memory.drainAsBytes())).recording();
    const columns = ["/camera:VideoStream:is_keyframe"];
    const table = await recording.query({ index: "capture", columns }).toTable();
    const times = [...plainRows(table)].map(({ capture }) => capture);
    expect(times).toHaveLength(4);
    expect(times[0]).toBe(BigInt(start.getTime()) * 1_000_000n);
  });

  it("is not logged at all if the entity or the timeline is wrong", async () => {
    const rec = new rr.RecordingStream("video");
    const memory = rec.memoryRecording();
    rec.log("robot", new rr.Scalars(1), { time: { frame: 1, since: { duration: 0 } } });
    const log = async (path: unknown, options: rr.video.LogVideoFileOptions): Promise<unknown> =>
      rr.video.logVideoFile(rec, path as string, join(VIDEOS, "av1.mp4"), options);
    await expect(log("camera", { timeline: "" })).rejects.toThrow('`timeline` must be the name of a timeline, got ""');
    await expect(log("camera", { timeline: "frame" })).rejects.toThrow(
      "`timeline` must be a sequence, as before on this timeline, got a duration",
    );
    await expect(log("camera", { timeline: "since", start: 0n })).rejects.toThrow(
      "`timeline` must be a duration, as before on this timeline, got a timestamp",
    );
    await expect(log(7, {})).rejects.toThrow("`entityPath` must be an entity path: a string, or an array of its parts");
    await rec.close();
    const { entityPaths } = (await openRrd(memory.drainAsBytes())).recording().schema();
    expect(entityPaths).toContain("/robot");
    expect(entityPaths).not.toContain("/camera");
  });

  it("is reported as truncated if its tables are", async () => {
    const bytes = await readFile(join(VIDEOS, "h264.mp4"));
    const tables = bytes.indexOf("stco");
    const cut = samplesOf(bytes.subarray(0, tables));
    await expect(cut).rejects.toMatchObject({
      code: "INVALID_FORMAT",
      message: "the video is truncated within its tables, the box `moov`",
    });
    const other = Buffer.from(bytes);
    other.write("free", tables);
    await expect(samplesOf(other)).rejects.toMatchObject({
      code: "INVALID_FORMAT",
      message: "`source` must be an MP4 video, got a file without the box `stco`",
    });
  });

  it("is rejected if viewers cannot show it, before anything is logged", async () => {
    const assets = join(VIDEOS, "..");
    for (const name of ["b-frames.mp4", "fragments.mp4"]) {
      const rec = new rr.RecordingStream("video", { sendProperties: false });
      const path = join(assets, name);
      const rejection = { code: "UNSUPPORTED", message: expect.stringContaining("B-frames") as unknown };
      await expect(rr.video.logVideoFile(rec, "camera", path, { transcode: false })).rejects.toMatchObject(rejection);
      await expect(rr.video.logVideoFile(rec, "camera", await readFile(path))).rejects.toMatchObject(rejection);
      const transcode = { ffmpegOverride: join(assets, "no-such-program") };
      await expect(rr.video.logVideoFile(rec, "camera", path, { transcode })).rejects.toMatchObject({
        code: "UNSUPPORTED",
        message: expect.stringMatching(/B-frames.*ENOENT.*install FFmpeg/) as unknown,
      });
      expect(rec.stats().rows).toBe(0);
    }
    const other = Buffer.from(await readFile(join(VIDEOS, "vp9.mp4")));
    other.write("mp4v", other.indexOf("vp09"));
    await expect(samplesOf(other)).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("`mp4v`") as unknown,
    });
  });

  it("is no longer read if its signal fires", async () => {
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      for await (const { index } of rr.video.mp4Samples(join(VIDEOS, "h264.mp4"), { signal: controller.signal }))
        if (index === 2) controller.abort();
    };
    await expect(read()).rejects.toMatchObject({ code: "ABORTED" });
    await expect(read()).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("is rejected if a count or a place is wrong, without memory for what it claims", async () => {
    const video = await readFile(join(VIDEOS, "vp9.mp4"));
    const fragments = await readFile(join(VIDEOS, "h264-fragments.mp4"));
    const damaged = (file: Buffer, type: string, offset: number, value: number): Uint8Array => {
      const copy = Buffer.from(file);
      copy.writeUInt32BE(value, boxAt(copy, type) + offset);
      return copy;
    };
    const cases = {
      "frames of four gigabytes": damaged(video, "stsz", 0, 0xffff_ffff),
      "four billion frames": damaged(video, "stsz", 4, 0xffff_ffff),
      "chunks behind the end": damaged(video, "stco", 4, 0xffff_0000),
      "no chunks": damaged(video, "stco", 0, 0),
      "four billion frames in a run": damaged(fragments, "trun", 0, 0xffff_ffff),
      "a box larger than the file": damaged(video, "mdia", -8, 0xffff_ffff),
      "no time scale": damaged(video, "mdhd", 8, 0),
      nothing: new Uint8Array(),
    };
    for (const [name, file] of Object.entries(cases))
      expect([name, await codeOf(file)]).toEqual([name, "INVALID_FORMAT"]);
    expect(await codeOf(5 as unknown as Uint8Array)).toBe("INVALID_ARGUMENT");
  });

  it("that is truncated or has wrong bytes yields at most its own bytes, or an error of this SDK", async () => {
    console.log(`seed ${SEED}`);
    const random = seededRandom(SEED);
    for (const name of await readdir(VIDEOS)) {
      const whole = await readFile(join(VIDEOS, name));
      const outcomes = new Set<string>();
      for (let round = 0; round < DAMAGES; round++) {
        const file = Buffer.from(whole.subarray(0, round % 2 === 0 ? whole.length : random(whole.length)));
        for (let wrong = random(4); wrong > 0 && file.length > 0; wrong--) file[random(file.length)] = random(256);
        let bytes = 0;
        try {
          for await (const { sample } of rr.video.mp4Samples(file)) bytes += sample.byteLength;
          outcomes.add("read");
        } catch (error) {
          if (!rr.isRerunError(error)) throw error;
          outcomes.add(error.code);
        }
        // Parameter sets and start codes are added.
        expect(bytes).toBeLessThan(20 * whole.length);
      }
      expect([name, [...outcomes].filter((code) => !["read", "INVALID_FORMAT", "UNSUPPORTED"].includes(code))]).toEqual(
        [name, []],
      );
      expect(outcomes).toContain("read");
    }
  });
});
