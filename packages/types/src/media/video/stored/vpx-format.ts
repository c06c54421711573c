import { RerunError } from "@rerun-ts/core";
import { bytes16, fullBox } from "../../mp4/write/box.ts";
import { BitReader } from "./bit-reader.ts";
import { sameSize, type FrameSize } from "./size-of-frames.ts";
import type { StoredEntry, StoredFormat } from "./stored-format.ts";
import { visualEntry } from "./visual-entry.ts";

/** The facts that the header of a key frame has. */
interface VpxHeader extends FrameSize {
  readonly profile: number;
  /** Bits. */
  readonly depth: number;
  /** 1 is 4:2:0, 2 is 4:2:2, 3 is 4:4:4. Source: VP codec ISO media file format binding. */
  readonly chroma: number;
  /** Whether colours use all values. */
  readonly isFull: boolean;
}

/** The levels of VP9 by the number of pixels. Source: VP9 levels and decoder testing. */
const LEVELS: readonly (readonly [pixels: number, level: number])[] = [
  [36_864, 10],
  [73_728, 11],
  [122_880, 20],
  [245_760, 21],
  [552_960, 30],
  [983_040, 31],
  [2_228_224, 41],
  [8_912_896, 51],
];
const LARGEST_LEVEL = 62;
/** Colours as in the frames. */
const UNSPECIFIED = 2;
const SYNC_CODE = 0x498342;
const RGB = 7;

/** VP8 or VP9, whose frames stay as they are. */
export class VpxFormat implements StoredFormat {
  readonly #codec: "VP8" | "VP9";
  #header: VpxHeader | undefined;

  constructor(codec: "VP8" | "VP9") {
    this.#codec = codec;
  }

  convert(sample: Uint8Array, isKeyframe: boolean): readonly Uint8Array[] {
    if (isKeyframe) {
      const header = sameSize(this.#header, this.#codec === "VP8" ? readVp8(sample) : readVp9(sample));
      const { profile, depth, chroma } = (this.#header ??= header);
      if (profile !== header.profile || depth !== header.depth || chroma !== header.chroma)
        throw new RerunError("UNSUPPORTED", "its profile changes, which an MP4 file cannot have");
    }
    return [sample];
  }

  entry(): StoredEntry {
    const header = this.#header as VpxHeader;
    const { profile, depth, chroma, isFull, width, height } = header;
    const [, level] = LEVELS.find(([pixels]) => width * height <= pixels) ?? [0, LARGEST_LEVEL];
    const colours = Uint8Array.of(
      profile,
      this.#codec === "VP8" ? 0 : level,
      (depth << 4) | (chroma << 1) | Number(isFull),
      UNSPECIFIED,
      UNSPECIFIED,
      UNSPECIFIED,
    );
    return visualEntry(this.#codec === "VP8" ? "vp08" : "vp09", header, fullBox("vpcC", 1, 0, colours, bytes16(0)));
  }
}

/** Source: RFC 6386, 9.1. */
function readVp8(frame: Uint8Array): VpxHeader {
  const [first = 0, , , a, b, c, ...size] = frame.subarray(0, 10);
  const [w0, w1, h0, h1] = size;
  if (a !== 0x9d || b !== 1 || c !== 0x2a || h1 === undefined) throw damaged("VP8");
  const side = (low = 0, high = 0): number => (low | (high << 8)) & 0x3fff;
  return {
    profile: (first >> 1) & 7,
    depth: 8,
    chroma: 1,
    isFull: false,
    width: side(w0, w1),
    height: side(h0, h1),
  };
}

/** Source: VP9 bitstream specification, 6.2. */
function readVp9(frame: Uint8Array): VpxHeader {
  const reader = new BitReader(frame);
  const isFrame = reader.bits(2) === 2;
  const profile = reader.bit() + 2 * reader.bit();
  if (profile === 3) reader.skip(1);
  reader.skip(4);
  if (!isFrame || reader.bits(24) !== SYNC_CODE) throw damaged("VP9");
  const depth = profile < 2 ? 8 : reader.flag() ? 12 : 10;
  const space = reader.bits(3);
  const isFull = space === RGB || reader.flag();
  const hasForm = profile === 1 || profile === 3;
  const isSmall = { x: true, y: true };
  if (space === RGB) isSmall.x = isSmall.y = false;
  else if (hasForm) Object.assign(isSmall, { x: reader.flag(), y: reader.flag() });
  if (hasForm) reader.skip(1);
  const chroma = isSmall.x ? (isSmall.y ? 1 : 2) : 3;
  return { profile, depth, chroma, isFull, width: reader.bits(16) + 1, height: reader.bits(16) + 1 };
}

function damaged(codec: string): RerunError {
  return new RerunError("INVALID_FORMAT", `its header is not one of ${codec}`);
}
