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
    return found;
  }

  #search(): VideoSample[] {
    const found: VideoSample[] = [];
    let { bytes } = this.#window;
    let at = this.#searched;
    for (; at + 3 + HEADER_BYTES <= bytes.byteLength; at++) {
      if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1) continue;
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
