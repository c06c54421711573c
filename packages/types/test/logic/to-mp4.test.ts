import { isRerunError } from "@rerun-ts/core";
import { video } from "@rerun-ts/types";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { describe, expect, it } from "vitest";

const START = [0, 0, 0, 1];
/** A frame of H.264 in baseline profile, 64×48 pixels, with its parameter sets. */
const SPS = [0x67, 0x42, 0xc0, 0x0a, 0xda, 0x11, 0xa0, 0x10, 0, 0, 3, 0, 0x10, 0, 0, 3, 3, 0x20, 0xf1, 0x22, 0x6a];
const PPS = [0x68, 0xce, 0x0f, 0xc8];
const KEY = Uint8Array.from([...START, ...SPS, ...START, ...PPS, ...START, 0x65, 0x88, 0x84, 1, 2, 3]);
const OTHER = Uint8Array.from([...START, 0x41, 0x9a, 1, 2, 3]);
/** A key frame of VP8, 64×48 pixels. */
const VP8 = Uint8Array.of(0x10, 0, 0, 0x9d, 1, 0x2a, 64, 0, 48, 0, 7);

type Frame = readonly [time: number, sample: Uint8Array, isKeyframe: boolean];

/** A recording with these frames of a video. */
function recordingOf(codec: video.RecordedStream["codec"], frames: readonly Frame[]): video.VideoRecording {
  const stream: video.RecordedStream = {
    kind: "stream",
    entityPath: "/camera",
    timeline: { name: "t", kind: "duration" },
    codec,
    async *frames() {
      for (const [seconds, sample, isKeyframe] of frames)
        yield { time: BigInt(Math.round(seconds * 1e9)), sample, isKeyframe };
    },
  };
  return { video: () => Promise.resolve(stream) };
}

async function filmOf(recording: video.VideoRecording, options?: video.ToMp4Options): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of video.toMp4(recording, "/camera", options)) pieces.push(piece);
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

async function samplesOf(film: Uint8Array): Promise<video.Mp4Sample[]> {
  const samples: video.Mp4Sample[] = [];
  for await (const sample of video.mp4Samples(new Blob([Uint8Array.from(film)]))) samples.push(sample);
  return samples;
}

/** The error that a film of frames is refused with. */
async function refusal(codec: video.RecordedStream["codec"], frames: readonly Frame[]): Promise<unknown> {
  return filmOf(recordingOf(codec, frames)).then(
    () => "none",
    (error: unknown) => (isRerunError(error) ? `${error.code}: ${error.message}` : error),
  );
}

describe("toMp4", () => {
  it("writes NAL units as they are, without start codes of any length and zeros around them", async () => {
    const short = Uint8Array.from([0, 0, 1, 9, 0xf0, 0, 0, 1, 0x41, 0x9a, 4, 0, 0, 0, 0, 1, 0x41, 0x9b, 5, 0, 0]);
    const film = await filmOf(
      recordingOf("H264", [
        [0, KEY, true],
        [0.5, short, false],
        [0.75, OTHER, false],
      ]),
    );
    const samples = await samplesOf(film);
    expect(samples.map(({ nanos, isKeyframe }) => [Number(nanos), isKeyframe])).toEqual([
      [0, true],
      [5e8, false],
      [7.5e8, false],
    ]);
    expect([...(samples[1]?.sample ?? [])]).toEqual([
      ...START,
      9,
      0xf0,
      ...START,
      0x41,
      0x9a,
      4,
      ...START,
      0x41,
      0x9b,
      5,
    ]);
    expect(samples[2]?.sample).toEqual(OTHER);
  });

  it("refuses frames that are damaged, and names their time", async () => {
    const at = "INVALID_FORMAT: the frame of /camera at t 1.5s cannot be written: ";
    const second = async (codec: "H264" | "H265" | "AV1" | "VP8", key: Uint8Array, sample: readonly number[]) =>
      refusal(codec, [
        [0, key, true],
        [1.5, Uint8Array.from(sample), true],
      ]);
    expect(await second("H264", KEY, [])).toBe(`${at}it is empty`);
    expect(await second("H264", KEY, [1, 2, 3, 4, 5])).toContain(`${at}it is not in Annex B form`);
    expect(await second("H264", KEY, [0, 0, 0, 0, 0])).toContain(`${at}it is not in Annex B form`);
    expect(await second("H264", KEY, [...START, 0x67, 0x42])).toContain(at);
    expect(await second("VP8", VP8, [0x10, 0, 0, 0x9d, 1])).toBe(`${at}its header is not one of VP8`);
    expect(await refusal("H264", [[0, OTHER, true]])).toContain("the key frame has no parameter sets");
    expect(await refusal("AV1", [[0, Uint8Array.of(0x0a, 0xff), true]])).toContain("INVALID_FORMAT");
    expect(await refusal("VP9", [[0, Uint8Array.of(0x82), true]])).toContain("INVALID_FORMAT");
    expect(await refusal("H265", [[0, KEY, true]])).toContain("INVALID_FORMAT");
  });

  it("refuses a video without frames, with times that go backwards, and with too long a gap", async () => {
    expect(await refusal("VP8", [])).toBe(
      "NOT_FOUND: the video /camera cannot be decoded at these times: it has no frames",
    );
    expect(
      await refusal("VP8", [
        [2, VP8, true],
        [1, VP8, true],
      ]),
    ).toContain("INVALID_ARGUMENT: `entityPath` must be a video with frames in order");
    expect(
      await refusal("VP8", [
        [0, VP8, true],
        [50_000, VP8, true],
      ]),
    ).toContain("must be a video with gaps of at most 47721 s, got a gap of 50000 s");
  });

  it("reports the progress, and ends when it is aborted", async () => {
    const large = new Uint8Array(700_000);
    large.set(VP8);
    const frames = Array.from({ length: 8 }, (_, index): Frame => [index, large, true]);
    const counts: number[] = [];
    await filmOf(recordingOf("VP8", frames), { onProgress: ({ frames: count }) => counts.push(count) });
    expect(counts).toEqual([2, 4, 6, 8, 8]);
    const stop = new AbortController();
    const film = filmOf(recordingOf("VP8", frames), { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(film).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("refuses or writes any damage of frames, in a file that can be read", async () => {
    const random = seededRandom(74);
    const seeds = [
      ["H264", KEY],
      ["VP8", VP8],
      ["VP9", Uint8Array.of(0x82, 0x49, 0x83, 0x42, 0, 0x03, 0xf0, 0x02, 0xf0, 0)],
      ["AV1", Uint8Array.of(0x12, 0, 0x0a, 0x0a, 0, 0, 0, 2, 0xaf, 0xff, 0x9b, 0x5f, 0x30, 8, 0x32, 2, 1, 2)],
      [
        "H265",
        Uint8Array.from([...START, 0x40, 1, 12, ...START, 0x42, 1, 1, ...START, 0x44, 1, 9, ...START, 0x26, 1, 5]),
      ],
    ] as const;
    const ends = new Set<string>();
    for (let round = 0; round < 2000; round++) {
      const [codec, seed] = seeds[round % seeds.length] as (typeof seeds)[number];
      const sample = Uint8Array.from(seed).subarray(0, random(2) === 0 ? seed.length : 1 + random(seed.length));
      for (let change = random(4); change > 0; change--) sample[random(sample.length)] = random(256);
      try {
        const film = await filmOf(recordingOf(codec, [[0, sample, true]]));
        expect(await samplesOf(film)).toHaveLength(1);
        ends.add(codec);
      } catch (error) {
        if (!isRerunError(error)) throw error;
        ends.add(error.code);
      }
    }
    expect([...ends]).toEqual(expect.arrayContaining(["H264", "VP8", "VP9", "INVALID_FORMAT"]));
    expect([...ends].every((end) => /^[A-Z]+\d+$|INVALID_FORMAT|UNSUPPORTED/.test(end))).toBe(true);
  });
});
