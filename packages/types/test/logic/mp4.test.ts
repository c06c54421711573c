import { AssetVideo, readFrameTimestamps } from "@rerun-ts/types";
import { describe, expect, it } from "vitest";

/** A box: its size, its type, and its payload of bytes and other boxes. */
function box(type: string, ...payload: readonly (Uint8Array | number)[]): Uint8Array {
  const words = payload.map((part) => (typeof part === "number" ? word(part) : part));
  const body = Uint8Array.from(words.flatMap((part) => [...part]));
  return Uint8Array.from([...word(8 + body.length), ...new TextEncoder().encode(type), ...body]);
}

/** A number of 32 bits. */
function word(value: number): Uint8Array {
  return Uint8Array.from([value >>> 24, value >>> 16, value >>> 8, value]);
}

const VIDEO = box("hdlr", 0, 0, new TextEncoder().encode("vide"));

/** A video with 1,000 units per second, and entries `[count, duration]` of its table of times. */
function video(entries: readonly (readonly [count: number, duration: number])[], ...rest: Uint8Array[]): Uint8Array {
  return videoWith([box("stts", 0, entries.length, ...entries.flat())], [], rest);
}

/** A video with tables and with boxes of its track. */
function videoWith(tables: readonly Uint8Array[], track: readonly Uint8Array[], rest: readonly Uint8Array[] = []) {
  const media = box("mdia", VIDEO, box("mdhd", 0, 0, 0, 1000), box("minf", box("stbl", ...tables)));
  const movie = box("moov", box("trak", box("tkhd", 0, 0, 0, 1), ...track, media));
  return Uint8Array.from([...movie, ...rest.flatMap((part) => [...part])]);
}

/** A fragment with `count` frames that all have the duration of the header, 40 units. */
function fragment(count: number): Uint8Array {
  return box("moof", box("traf", box("tfhd", 8, 1, 40), box("trun", 0, count)));
}

describe("readFrameTimestamps", () => {
  it("reads the times of a video and of its fragments", () => {
    expect(readFrameTimestamps(video([[2, 40]]))).toEqual(BigInt64Array.of(0n, 40_000_000n));
    expect(readFrameTimestamps(video([], fragment(2), fragment(1)))).toEqual(
      BigInt64Array.of(0n, 40_000_000n, 80_000_000n),
    );
  });

  it("counts from the first frame shown, and ignores edit lists as Rerun does", () => {
    const durations = box("stts", 0, 1, 3, 40);
    const shifts = box("ctts", 0, 3, 1, 80, 1, 120, 1, 40);
    const trim = box("edts", box("elst", 0, 1, 80, 60, 0x0001_0000));
    const times = BigInt64Array.of(0n, 40_000_000n, 80_000_000n);
    expect(readFrameTimestamps(videoWith([durations, shifts], []))).toEqual(times);
    expect(readFrameTimestamps(videoWith([durations, shifts], [trim]))).toEqual(times);
    expect(readFrameTimestamps(videoWith([durations], [trim]))).toEqual(times);
    // Times of fragments are as stored.
    const stored = box("moof", box("traf", box("tfhd", 8, 1, 40), box("tfdt", 0, 1000), box("trun", 0, 1)));
    expect(readFrameTimestamps(videoWith([box("stts", 0, 0)], [trim], [stored]))).toEqual(
      BigInt64Array.of(1_000_000_000n),
    );
  });

  it("reads the times of the frames of an asset", () => {
    const contents = video([[2, 40]]);
    const times = BigInt64Array.of(0n, 40_000_000n);
    expect(new AssetVideo({ contents }).readFrameTimestamps()).toEqual(times);
    expect(new AssetVideo({ blob: contents }).readFrameTimestamps()).toEqual(times);
    expect(() => new AssetVideo({ contents: new Uint8Array(3) }).readFrameTimestamps()).toThrow("`video` must be");
  });

  it.each([
    ["a table of times", video([[0xffff_ffff, 1]])],
    ["many entries", video(Array.from({ length: 100 }, () => [900, 1] as const))],
    ["a fragment", video([], fragment(0xffff_ffff))],
    ["many fragments", video([], ...Array.from({ length: 100 }, () => fragment(900)))],
  ])("rejects more frames than the file has bytes, in %s", (_, file) => {
    expect(() => readFrameTimestamps(file)).toThrow(/^`video` must be a whole MP4 video, got/);
  });

  it("rejects times that no clock can show", () => {
    const start = box("tfdt", 0x0100_0000, 0xffff_ffff, 0);
    const file = video([], box("moof", box("traf", box("tfhd", 8, 1, 40), start, box("trun", 0, 1))));
    expect(() => readFrameTimestamps(file)).toThrow("`video` must be a video with times of less than 292 years, got");
  });
});
