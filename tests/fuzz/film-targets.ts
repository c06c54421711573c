import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { openRrd } from "@rerun-ts/reading";
import { root } from "@rerun-ts/test-support/node/environment";
import { Mp4File } from "../../packages/types/dist/media/mp4/mp4-file.js";
import { mp4SourceOf } from "../../packages/types/dist/media/mp4/mp4-source.js";
import type { FuzzTarget } from "./target.ts";

const CODECS = ["H264", "H265", "AV1", "VP8", "VP9"] as const;
const VIDEOS = join(root, "tests/conformance/assets");

const KEY = Uint8Array.of(0x10, 0, 0, 0x9d, 1, 0x2a, 64, 0, 48, 0, 7);
const OTHER = Uint8Array.of(0x31, 1, 2, 3);

/** Makes a film, which must have as many frames as it says, or be refused. */
async function makeFilm(recording: rr.video.VideoRecording, options: rr.video.ToMp4Options): Promise<void> {
  let frames = 0;
  const pieces: Uint8Array[] = [];
  try {
    const onProgress = (progress: rr.video.Mp4Progress): void => void ({ frames } = progress);
    for await (const piece of rr.video.toMp4(recording, "/camera", { ...options, onProgress })) pieces.push(piece);
  } catch (error) {
    if (rr.isRerunError(error) && error.code !== "INTERNAL") return;
    throw error;
  }
  const film = await Mp4File.open(mp4SourceOf(Buffer.concat(pieces)));
  let found = 0;
  for await (const { size } of film.samples()) if (size >= 0) found++;
  if (found !== frames) throw new Error(`${found} frames in a film of ${frames}`);
}

const recordings: FuzzTarget = {
  name: "film-recordings",
  seeds: () => {
    const log = (write: (rec: rr.RecordingStream) => void): Uint8Array => {
      const rec = new rr.RecordingStream("fuzz", { recordingId: "fuzz", compression: "none", sendProperties: false });
      const memory = rec.memoryRecording();
      write(rec);
      return memory.drainAsBytes();
    };
    const contents = readFileSync(join(VIDEOS, "video/vp9.mp4")).subarray(0, 4000);
    return [
      log((rec) => {
        rec.log("camera", new rr.VideoStream("VP8"), { static: true });
        for (const [frame, sample] of [KEY, OTHER, KEY].entries())
          rec.log("camera", rr.VideoStream.fromFields({ sample, isKeyframe: frame !== 1 }), { time: { frame } });
      }),
      log((rec) => {
        rec.log("camera", new rr.AssetVideo({ contents, mediaType: "video/mp4" }), { static: true });
        for (const frame of [0, 1, 2])
          rec.log("camera", new rr.VideoFrameReference({ seconds: frame / 10 }), { time: { frame } });
      }),
    ];
  },
  words: ["VideoStream:sample", "VideoStream:codec", "AssetVideo:blob", "VideoFrameReference:timestamp", "frame"],
  async run(input) {
    let recording: rr.video.VideoRecording;
    try {
      recording = (await openRrd(input)).recording();
    } catch (error) {
      if (rr.isRerunError(error) && error.code !== "INTERNAL") return;
      throw error;
    }
    for (const options of [{}, { fps: 30 }, { timeline: "frame", from: 1n, fps: 30 }])
      await makeFilm(recording, options);
  },
};

/** The times that are shown, in milliseconds, in the first four bytes. The rest is the file. */
const files: FuzzTarget = {
  name: "film-files",
  seeds: () =>
    ["b-frames", "video/vp9", "video/h264", "video/h264-fragments"].map((name) =>
      Buffer.concat([Uint8Array.of(0, 0, 0, 200), readFileSync(join(VIDEOS, `${name}.mp4`))]),
    ),
  words: ["moov", "stsz", "stsc", "stco", "co64", "stts", "ctts", "stss", "elst", "moof", "trun", "tfdt", "mdhd"],
  async run(input) {
    const [a = 0, b = 0, c = 0, d = 0] = input;
    const [first, last] = [BigInt(a * 256 + b) * 1_000_000n, BigInt(c * 256 + d) * 1_000_000n];
    const contents = input.subarray(4);
    for (const shown of [undefined, { first, last }]) {
      const file = { kind: "file", entityPath: "/camera", contents, shown } as const;
      await makeFilm({ video: () => Promise.resolve(file) }, {});
    }
  },
};

/** The codec in the first byte. The others are frames, each after a byte with its length and one with its duration. */
const frames: FuzzTarget = {
  name: "film-frames",
  seeds: () => {
    const nal = (...bytes: readonly number[]): number[] => [0, 0, 0, 1, ...bytes];
    const sps = [0x67, 0x42, 0xc0, 0x0a, 0xda, 0x11, 0xa0, 0x10, 0, 0, 3, 0, 0x10, 0, 0, 3, 3, 0x20, 0xf1, 0x22, 0x6a];
    const h264 = [...nal(...sps), ...nal(0x68, 0xce, 0x0f, 0xc8), ...nal(0x65, 0x88, 0x84)];
    const av1 = [0x12, 0, 0x0a, 0x0a, 0, 0, 0, 2, 0xaf, 0xff, 0x9b, 0x5f, 0x30, 8, 0x32, 2, 1, 2];
    const h265 = readFileSync(join(VIDEOS, "video/h265.mp4"));
    // The parameter sets in the box `hvcC`.
    const record = h265.subarray(h265.indexOf("hvcC") + 4 + 23);
    const sets: number[] = [];
    for (let at = 0, array = 0; array < 3; array++) {
      const length = record.readUInt16BE(at + 3);
      sets.push(...nal(...record.subarray(at + 5, at + 5 + length)));
      at += 5 + length;
    }
    const vp9 = [0x82, 0x49, 0x83, 0x42, 0, 0x03, 0xf0, 0x02, 0xf0, 0];
    const framesOf = [h264, [...sets.slice(0, 200), ...nal(0x26, 1, 5)], av1, [...KEY], vp9];
    return framesOf.map((frame, codec) => Uint8Array.of(codec, ...[1, 2].flatMap(() => [frame.length, 9, ...frame])));
  },
  words: ["\x00\x00\x00\x01", "\x00\x00\x01", "\x00\x00\x03", "\x0a\x0b", "\x9d\x01\x2a", "\x49\x83\x42"],
  async run(input) {
    const codec = CODECS[(input[0] ?? 0) % CODECS.length] ?? "VP8";
    const stream: rr.video.RecordedStream = {
      kind: "stream",
      entityPath: "/camera",
      timeline: { name: "t", kind: "duration" },
      codec,
      async *frames() {
        let time = 0n;
        for (let at = 1; at + 2 <= input.byteLength; at += 2 + (input[at] as number)) {
          const [length = 0, duration = 0] = input.subarray(at);
          time += BigInt(Math.round((duration - 1) * 1e8));
          yield { time, sample: input.subarray(at + 2, at + 2 + length), isKeyframe: (duration & 1) === 1 };
        }
      },
    };
    await makeFilm({ video: () => Promise.resolve(stream) }, {});
  },
};

/** The targets that make films of videos. */
export const FILM_TARGETS: readonly FuzzTarget[] = [recordings, files, frames];
