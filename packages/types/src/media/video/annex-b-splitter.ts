import { RerunError } from "@rerun-ts/core";
import type { NalCodec } from "./annex-b.ts";
import { ByteWindow } from "./byte-window.ts";
import type { SampleSplitter, VideoSample } from "./sample-splitter.ts";

/** Relation of a NAL unit to frames. */
interface NalKind {
  /** Whether the unit is a part of the image. */
  readonly isSlice: boolean;
  /** Whether the unit is the first part of an image, or precedes the image to which it belongs. */
  readonly mayStart: boolean;
  readonly isKeyframe: boolean;
}

/** The types of the units with which H.265 begins: VPS, SPS, PPS, AUD, prefix SEI. */
const H265_FIRST = new Set([32, 33, 34, 35, 39]);

/** The bytes of a NAL unit that identify its kind. */
const HEADER_BYTES = 3;

/**
 * Finds the frames of a stream in Annex B form. A frame is complete when the next one begins. Sources: ITU-T H.264,
 * 7.4.1.2.3 and H.265, 7.4.2.4.4 for where frames begin.
 */
export class AnnexBSplitter implements SampleSplitter {
  readonly #codec: NalCodec;
  readonly #window: ByteWindow;
  /** The position up to which the window was searched. */
  #searched = 0;
  /** Facts about the frame at the beginning of the window. */
  #hasSlice = false;
  #isKeyframe = false;
  #index = 0;
  #isCodecKnown = false;

  constructor(codec: NalCodec, maxFrameBytes: number) {
    this.#codec = codec;
    this.#window = new ByteWindow(maxFrameBytes);
  }

  push(bytes: Uint8Array): VideoSample[] {
    this.#window.push(bytes);
    return this.#search();
  }

  end(): VideoSample[] {
    // Padding, because the search needs a few bytes after each start code, and the last NAL unit may be shorter.
    this.#window.push(new Uint8Array(HEADER_BYTES));
    const found = this.#search();
    const { byteLength } = this.#window.bytes;
    if (this.#hasSlice) found.push(this.#take(byteLength - HEADER_BYTES));
    if (this.#index === 0)
      throw new RerunError("INVALID_FORMAT", `the stream has no frames of ${this.#codec} in Annex B form`);
    return found;
  }

  #search(): VideoSample[] {
    const found: VideoSample[] = [];
    let { bytes } = this.#window;
    let at = this.#searched;
    for (; at + 3 + HEADER_BYTES <= bytes.byteLength; at++) {
      if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1) continue;
      this.#checkCodec(bytes[at + 3], bytes[at + 4]);
      const kind = kindOf(this.#codec, bytes.subarray(at + 3));
      if (this.#hasSlice && kind.mayStart) {
        // A start code may have one more zero in front.
        const start = bytes[at - 1] === 0 ? at - 1 : at;
        found.push(this.#take(start));
        ({ bytes } = this.#window);
        at -= start;
      }
      this.#hasSlice ||= kind.isSlice;
      this.#isKeyframe ||= kind.isKeyframe;
      at += 2;
    }
    this.#searched = at;
    return found;
  }

  /** Checks that the first NAL unit has a header of the codec. Throws a `RerunError`. */
  #checkCodec(first = 0, second = 0): void {
    if (this.#isCodecKnown) return;
    this.#isCodecKnown = true;
    // A stream of H.265 begins with parameter sets, a delimiter or SEI, of the lowest layers: H.264 has no such units.
    const isH265 = second === 1 && (first & 0x81) === 0 && H265_FIRST.has(first >> 1);
    // The lowest bit of the header of H.265 belongs to the number of a layer, which is small.
    const isH264 = (first & 1) === 1;
    const actual: NalCodec | undefined = isH265 ? "H265" : isH264 ? "H264" : undefined;
    if (actual !== undefined && actual !== this.#codec)
      throw new RerunError(
        "INVALID_FORMAT",
        `the stream is ${actual}, not ${this.#codec}: pass \`codec: "${actual}"\``,
      );
  }

  #take(length: number): VideoSample {
    const isKeyframe = this.#isKeyframe;
    this.#hasSlice = this.#isKeyframe = false;
    const sample = this.#window.take(length);
    return { codec: this.#codec, sample, isKeyframe, index: this.#index++, seconds: undefined };
  }
}

function kindOf(codec: NalCodec, [first = 0, second = 0, third = 0]: Uint8Array): NalKind {
  if (codec === "H264") {
    const type = first & 31;
    const isSlice = type >= 1 && type <= 5;
    // The first macroblock of the image has the number 0, which is written as one bit.
    const isFirst = isSlice && (second & 0x80) !== 0;
    return { isSlice, mayStart: isFirst || (type >= 6 && type <= 9), isKeyframe: type === 5 };
  }
  const type = (first >> 1) & 63;
  const isSlice = type < 32;
  const isFirst = isSlice && (third & 0x80) !== 0;
  return {
    isSlice,
    mayStart: isFirst || (type >= 32 && type <= 35) || type === 39,
    isKeyframe: type >= 16 && type <= 23,
  };
}
