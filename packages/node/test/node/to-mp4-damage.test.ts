import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openRrd } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { describe, expect, it } from "vitest";

const ASSETS = join(import.meta.dirname, "../../../../tests/conformance/assets");
/** A key frame of VP8, 64×48 pixels. */
const VP8 = Uint8Array.of(0x10, 0, 0, 0x9d, 1, 0x2a, 64, 0, 48, 0, 7);
const SECOND = 1_000_000_000n;

async function filmOf(recording: rr.video.VideoRecording, options?: rr.video.ToMp4Options): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of rr.video.toMp4(recording, "/camera", options)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The film of what a function logs, or the error that it is refused with. */
async function endOf(log: (rec: rr.RecordingStream) => void, options?: rr.video.ToMp4Options): Promise<unknown> {
  const rec = new rr.RecordingStream("films");
  const memory = rec.memoryRecording();
  log(rec);
  const file = await openRrd(memory.drainAsBytes());
  return filmOf(file.recording(), options).catch((error: unknown) => refusal(error));
}

function refusal(error: unknown): string {
  if (!rr.isRerunError(error) || error.code === "INTERNAL") throw error;
  return `${error.code}: ${error.message}`;
}

function ofFile(contents: Uint8Array, shown?: { first: bigint; last: bigint }): rr.video.VideoRecording {
  return { video: async () => ({ kind: "file", entityPath: "/camera", contents, shown }) };
}

/** The position of the payload of a box. */
function payloadOf(file: Buffer, type: string): number {
  const at = file.indexOf(type);
  if (at < 0) throw new Error(`no ${type}`);
  return at + 4;
}

/** A file with a number of 32 bits changed, at an offset in the payload of a box. */
function changed(file: Buffer, type: string, offset: number, value: number): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt32BE(value, payloadOf(file, type) + offset);
  return copy;
}

/** The number of frames of a cut film, which must be readable, or the refusal. */
async function cut(contents: Uint8Array): Promise<number | string> {
  try {
    let frames = 0;
    const film = await filmOf(ofFile(contents, { first: 0n, last: SECOND }), {
      onProgress: (progress) => void ({ frames } = progress),
    });
    expect(rr.files.readFrameTimestamps(film)).toHaveLength(frames);
    return frames;
  } catch (error) {
    return refusal(error);
  }
}

describe("toMp4 of a damaged AssetVideo", () => {
  it("refuses counts of billions, without memory for them", async () => {
    const file = await readFile(join(ASSETS, "b-frames.mp4"));
    const cases: [type: string, offset: number][] = [
      ["stsz", 8],
      ["stsz", 4],
      ["stco", 8],
    ];
    for (const [type, offset] of cases) {
      const before = process.memoryUsage().arrayBuffers;
      expect(await cut(changed(file, type, offset, 0xffff_fff0))).toMatch(
        /^INVALID_FORMAT: the file of \/camera cannot be written: /,
      );
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
    }
  });

  it("refuses, or writes a file that can be read, with any other number in any table", async () => {
    for (const name of ["b-frames.mp4", "video/h264-fragments.mp4"]) {
      const file = await readFile(join(ASSETS, name));
      const boxes = ["mdhd", "tkhd", "elst", "stsd", "stts", "ctts", "stsc", "stsz", "stco", "stss", "tfhd", "trun"];
      const ends = new Set<string>();
      for (const type of boxes.filter((box) => file.includes(box))) {
        for (const offset of [0, 4, 8, 12, 16, 20])
          for (const value of [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])
            ends.add(String(await cut(changed(file, type, offset, value))).split(":")[0] ?? "");
        const start = payloadOf(file, type) - 8;
        for (const size of [0, 8, 12, 20, 0xffff_ffff]) {
          const copy = Buffer.from(file);
          copy.writeUInt32BE(size, start);
          ends.add(String(await cut(copy)).split(":")[0] ?? "");
        }
      }
      expect([...ends]).toContain("INVALID_FORMAT");
      expect(
        [...ends].every((end) => /^\d+$|^(?:INVALID_FORMAT|UNSUPPORTED|NOT_FOUND|INVALID_ARGUMENT)$/.test(end)),
      ).toBe(true);
    }
  });

  it("names a time scale of zero, a file that is truncated, and one that is no MP4 file", async () => {
    const file = await readFile(join(ASSETS, "b-frames.mp4"));
    const isLong = file[payloadOf(file, "mdhd")] === 1;
    expect(await cut(changed(file, "mdhd", isLong ? 20 : 12, 0))).toContain("0 units per second");
    expect(await cut(file.subarray(0, 60))).toMatch(/^INVALID_FORMAT: the file of \/camera /);
    expect(await cut(VP8)).toBe(
      "INVALID_FORMAT: the file of /camera cannot be written: `source` must be an MP4 video, got a file without the " +
        "box `moov`",
    );
    await expect(filmOf(ofFile(VP8))).rejects.toThrow("the file of /camera cannot be written");
  });

  it("writes a cut whose key frame is shown before it is decoded, from the time zero on", async () => {
    const file = await readFile(join(ASSETS, "b-frames.mp4"));
    const shifts = payloadOf(file, "ctts");
    const copy = Buffer.from(file);
    const entries = copy.readUInt32BE(shifts + 4);
    for (let entry = 0; entry < entries; entry++) {
      const at = shifts + 12 + 8 * entry;
      copy.writeInt32BE(copy.readInt32BE(at) - 100_000, at);
    }
    const film = await filmOf(ofFile(copy, { first: 0n, last: SECOND }));
    const start = film.indexOf("elst");
    // An edit list with a negative time would be an empty edit.
    expect(start < 0 ? 0n : film.readBigInt64BE(start + 4 + 16)).toBeGreaterThanOrEqual(0n);
    const expected = rr.files.readFrameTimestamps(file);
    const times = rr.files.readFrameTimestamps(film);
    expect([...times]).toEqual([...expected].slice(0, times.length));
  });
});

describe("toMp4 of damaged rows", () => {
  it("names a component with values of another type", async () => {
    const sample = (value: number | string | Uint8Array) =>
      endOf(
        (rec) => {
          rec.log("camera", new rr.VideoStream("VP8"), { static: true });
          rec.log("camera", new rr.DynamicArchetype("VideoStream", { sample: value }), { time: { frame: 1 } });
        },
        { fps: 30 },
      );
    const name = "INVALID_DATA: the component `VideoStream:sample` of /camera must have bytes, got ";
    expect(await sample(1.5)).toContain(name);
    expect(await sample("text")).toContain(name);
    expect(await sample(VP8)).toContain(name);
    const codec = await endOf(
      (rec) => {
        rec.log("camera", new rr.DynamicArchetype("VideoStream", { codec: 1.5 }), { static: true });
        rec.log("camera", rr.VideoStream.fromFields({ sample: VP8 }), { time: { frame: 1 } });
      },
      { fps: 30 },
    );
    expect(codec).toContain("INVALID_DATA: the component `VideoStream:codec` of /camera must have integers, got ");
    const blob = await endOf((rec) =>
      rec.log("camera", new rr.DynamicArchetype("AssetVideo", { blob: "text" }), { static: true }),
    );
    expect(blob).toContain("INVALID_DATA: the component `AssetVideo:blob` of /camera must have bytes, got ");
    const time = await endOf(
      (rec) => {
        rec.log("camera", new rr.AssetVideo({ contents: VP8, mediaType: "video/mp4" }), { static: true });
        rec.log("camera", new rr.DynamicArchetype("VideoFrameReference", { timestamp: 1.5 }), { time: { frame: 1 } });
      },
      { timeline: "frame", from: 0 },
    );
    expect(time).toContain(
      "INVALID_DATA: the component `VideoFrameReference:timestamp` of /camera must have integers, got ",
    );
  });

  it("names an unknown codec, and the frame that is empty", async () => {
    const codec = await endOf(
      (rec) => {
        rec.log("camera", new rr.DynamicArchetype("VideoStream", { codec: Uint32Array.of(0x1234) }), { static: true });
        rec.log("camera", rr.VideoStream.fromFields({ sample: VP8 }), { time: { frame: 1 } });
      },
      { fps: 30 },
    );
    expect(codec).toBe("UNSUPPORTED: the codec of the video is unknown: 0x1234");
    const empty = await endOf(
      (rec) => {
        rec.log("camera", new rr.VideoStream("VP8"), { static: true });
        for (const [frame, sample] of [VP8, new Uint8Array()].entries())
          rec.log("camera", rr.VideoStream.fromFields({ sample }), { time: { frame } });
      },
      { fps: 30 },
    );
    expect(empty).toBe("INVALID_FORMAT: the frame of /camera at frame 1 cannot be written: it is empty");
  });

  it("writes equal times, refuses a gap of ages, and limits the duration of a single frame", async () => {
    const log =
      (...times: readonly bigint[]) =>
      (rec: rr.RecordingStream) => {
        rec.log("camera", new rr.VideoStream("VP8"), { static: true });
        for (const frame of times)
          rec.log("camera", rr.VideoStream.fromFields({ sample: VP8 }), { time: { frame: { sequence: frame } } });
      };
    const equal = await endOf(log(5n, 5n, 5n), { fps: 30 });
    expect(rr.files.readFrameTimestamps(equal as Buffer)).toHaveLength(3);
    expect(await endOf(log(-(2n ** 62n), 2n ** 62n), { fps: 30 })).toContain("with gaps of at most 47721 s");
    const single = (await endOf(log(1n), { fps: 1e-9 })) as Buffer;
    expect(single.readUInt32BE(payloadOf(single, "stts") + 12)).toBe(0xffff_ffff);
  });
});
