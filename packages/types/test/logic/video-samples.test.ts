import { video } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";

const START = [0, 0, 0, 1];
const SHORT_START = [0, 0, 1];

/** The frames of a stream that arrives in pieces of this size. */
async function split(
  bytes: Uint8Array,
  size: number,
  options?: video.VideoSamplesOptions,
): Promise<video.VideoSample[]> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  const samples: video.VideoSample[] = [];
  for await (const sample of video.videoSamples(pieces, options)) samples.push(sample);
  return samples;
}

/** Frames of H.264: parameter sets and a key frame in two slices, a frame in one, and one behind a delimiter. */
const H264 = [
  [...START, 0x67, 1, 2, ...START, 0x68, 3, ...SHORT_START, 0x65, 0x80, 9, ...SHORT_START, 0x65, 0x40, 9, 0],
  [...START, 0x41, 0x9a, 0, 0, 3, 1],
  [...START, 9, 0xf0, ...SHORT_START, 0x41, 0x80],
];
/** Frames of H.265: with parameter sets and a key frame, and another one. */
const H265 = [
  [...START, 0x40, 1, 7, ...START, 0x42, 1, 7, ...START, 0x44, 1, 7, ...SHORT_START, 0x26, 1, 0x80, 5],
  [...START, 0x02, 1, 0x80, 6, ...SHORT_START, 0x02, 1, 0x10, 6],
];

/** A stream in IVF form, with 25 frames per second. */
function ivf(fourCc: string, frames: readonly (readonly number[])[]): Uint8Array {
  const bytes = new Uint8Array(32 + frames.reduce((sum, frame) => sum + 12 + frame.length, 0));
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(`DKIF\0\0 \0${fourCc}`));
  view.setUint32(16, 25, true);
  view.setUint32(20, 1, true);
  let at = 32;
  for (const [index, frame] of frames.entries()) {
    view.setUint32(at, frame.length, true);
    view.setUint32(at + 4, index, true);
    bytes.set(frame, at + 12);
    at += 12 + frame.length;
  }
  return bytes;
}

describe("videoSamples", () => {
  it.each([
    ["H264", H264],
    ["H265", H265],
  ] as const)("finds the frames of %s in Annex B form, whatever the size of the pieces", async (codec, frames) => {
    const bytes = Uint8Array.from(frames.flat());
    for (let size = 1; size <= bytes.length; size++) {
      const samples = await split(bytes, size, { codec });
      expect(samples.map(({ sample }) => [...sample])).toEqual(frames);
      expect(samples.map(({ isKeyframe }) => isKeyframe)).toEqual(frames.map((_, index) => index === 0));
      expect(samples.map(({ index }) => index)).toEqual(frames.map((_, index) => index));
    }
  });

  it.each([
    ["VP80", "VP8", [[0x10, 1], [0x11, 2], [0x31]]],
    ["VP90", "VP9", [[0x82, 1], [0x86, 2], [0x86]]],
    [
      "AV01",
      "AV1",
      [
        [0x12, 0, 0x0a, 1, 5, 0x32, 1, 1],
        [0x12, 0, 0x32, 1, 2],
        [0x12, 0],
      ],
    ],
  ] as const)("finds the frames of %s in IVF form, with their times", async (fourCc, codec, frames) => {
    const bytes = ivf(fourCc, frames);
    for (const size of [1, 5, 33, bytes.length]) {
      const samples = await split(bytes, size);
      expect(samples.map(({ sample }) => [...sample])).toEqual(frames);
      expect(samples.map(({ isKeyframe }) => isKeyframe)).toEqual([true, false, false]);
      expect(samples.map((one) => [one.codec, one.seconds])).toEqual([0, 0.04, 0.08].map((time) => [codec, time]));
    }
  });

  it("reads no further than asked, so that a pipe is not drained into memory", async () => {
    let pieces = 0;
    function* endless(): Generator<Uint8Array> {
      for (;;) {
        pieces++;
        yield Uint8Array.from(H264.flat());
      }
    }
    for await (const { index } of video.videoSamples(endless())) if (index === 5) break;
    expect(pieces).toBeLessThanOrEqual(3);
  });

  it("names what it gets instead of a stream of frames of its codec", async () => {
    const hevc = [0, 0, 0, 1, 0x40, 1, 12, 1, 0, 0, 1, 0x26, 1, 0x80, 5];
    const cases: readonly (readonly [bytes: readonly number[], message: string, codec?: "H265"])[] = [
      [[0, 0, 0, 28, 0x66, 0x74, 0x79, 0x70], "must be in Annex B or IVF form, got MP4: use `video.mp4Samples`"],
      [[0x1a, 0x45, 0xdf, 0xa3, 1], "got Matroska or WebM: convert it"],
      [[0x47, 0x40, 0x11, 0x10], "got MPEG-TS: convert it"],
      [[0x12, 0, 0x0a, 0x0b], "got AV1 without IVF: write it with `ffmpeg -f ivf`"],
      [hevc, 'the stream is H265, not H264: pass `codec: "H265"`'],
      [H264.flat(), 'the stream is H264, not H265: pass `codec: "H264"`', "H265"],
      [[1, 2, 3, 4, 5, 6, 7, 8], "the stream has no frames of H264 in Annex B form"],
    ];
    for (const [bytes, message, codec] of cases)
      for (const size of [1, 100])
        await expect(split(Uint8Array.from(bytes), size, { codec })).rejects.toMatchObject({
          code: "INVALID_FORMAT",
          message: expect.stringContaining(message) as unknown,
        });
    expect(await split(Uint8Array.from(hevc), 3, { codec: "H265" })).toHaveLength(1);
  });

  it("rejects what is damaged, too large, or no video", async () => {
    const vp8 = ivf("VP80", [[0x10, 1]]);
    await expect(split(vp8.subarray(0, -1), 7)).rejects.toThrow("the IVF stream ends within a frame");
    await expect(split(ivf("MJPG", [[1]]), 7)).rejects.toThrow("must be one of AV01, VP80, VP90, got MJPG");
    await expect(split(vp8, 7, { maxFrameBytes: 1 })).rejects.toThrow("a frame of the video has 2 bytes");
    const noise = new Uint8Array(1000).fill(7);
    await expect(split(noise, 10, { maxFrameBytes: 100 })).rejects.toThrow(
      "has more than 100 bytes; see `maxFrameBytes`",
    );
    await expect(split(new Uint8Array(2), 1)).rejects.toThrow("`stream` must be a video, got 2 bytes");
    await expect(split(vp8, 7, { codec: "AV1" as never })).rejects.toThrow("`codec` must be H264 or H265");
  });
});
