import { RerunError } from "@rerun-ts/core";
import type { VideoCodec } from "../../gen/components/video-codec.ts";
import { ByteWindow } from "./byte-window.ts";
import { isAv1Keyframe, isVp8Keyframe, isVp9Keyframe } from "./keyframes.ts";
import type { SampleSplitter, VideoSample } from "./sample-splitter.ts";

/** The first bytes of a file. */
const SIGNATURE = "DKIF";
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 12;
const TWO_32 = 4294967296;

const CODECS: Readonly<
  Record<string, { readonly codec: VideoCodec; readonly isKeyframe: (frame: Uint8Array) => boolean }>
> = {
  AV01: { codec: "AV1", isKeyframe: isAv1Keyframe },
  VP80: { codec: "VP8", isKeyframe: isVp8Keyframe },
  VP90: { codec: "VP9", isKeyframe: isVp9Keyframe },
};

/** Facts from the header of a file. */
interface IvfHeader {
  readonly codec: VideoCodec;
  readonly isKeyframe: (frame: Uint8Array) => boolean;
  /** The unit of times in seconds. */
  readonly unit: number;
}

/** Whether bytes begin as an IVF file does, or `undefined` if there are too few of them. */
export function isIvf(bytes: Uint8Array): boolean | undefined {
  return bytes.byteLength < SIGNATURE.length ? undefined : asciiAt(bytes, 0) === SIGNATURE;
}

/** Finds the frames of an IVF stream. Source of the format: `ivfdec.c` of libvpx. */
export class IvfSplitter implements SampleSplitter {
  readonly #window: ByteWindow;
  readonly #maxFrameBytes: number;
  #header: IvfHeader | undefined;
  #index = 0;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
    this.#window = new ByteWindow(maxFrameBytes + HEADER_BYTES);
  }

  push(bytes: Uint8Array): VideoSample[] {
    this.#window.push(bytes);
    this.#header ??= this.#readHeader();
    const found: VideoSample[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) found.push(next);
    return found;
  }

  end(): VideoSample[] {
    const { byteLength } = this.#window.bytes;
    if (byteLength === 0 && this.#header !== undefined) return [];
    throw new RerunError("INVALID_FORMAT", `the IVF stream ends within ${this.#header ? "a frame" : "its header"}`);
  }

  #readHeader(): IvfHeader | undefined {
    const { bytes } = this.#window;
    if (bytes.byteLength < HEADER_BYTES) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const fourCc = asciiAt(bytes, 8);
    const known = CODECS[fourCc];
    if (known === undefined)
      throw new RerunError("UNSUPPORTED", `the codec of an IVF stream must be one of AV01, VP80, VP90, got ${fourCc}`);
    const unit = view.getUint32(20, true) / view.getUint32(16, true);
    this.#window.skip(view.getUint16(6, true));
    return { ...known, unit };
  }

  #next(): VideoSample | undefined {
    const { bytes } = this.#window;
    if (this.#header === undefined || bytes.byteLength < FRAME_HEADER_BYTES) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const size = view.getUint32(0, true);
    if (size > this.#maxFrameBytes)
      throw new RerunError("INVALID_FORMAT", `a frame of the video has ${size} bytes; see \`maxFrameBytes\``);
    if (bytes.byteLength < FRAME_HEADER_BYTES + size) return undefined;
    const time = view.getUint32(4, true) + view.getUint32(8, true) * TWO_32;
    this.#window.skip(FRAME_HEADER_BYTES);
    const { codec, isKeyframe, unit } = this.#header;
    const sample = this.#window.take(size);
    return { codec, sample, isKeyframe: isKeyframe(sample), index: this.#index++, seconds: time * unit };
  }
}

function asciiAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
