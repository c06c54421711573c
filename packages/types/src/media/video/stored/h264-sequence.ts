import { RerunError } from "@rerun-ts/core";
import { BitReader } from "./bit-reader.ts";

/** Facts of a sequence parameter set of H.264. */
export interface H264Sequence {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  /** 0 is grey, 1 is 4:2:0, 2 is 4:2:2, 3 is 4:4:4. */
  readonly chroma: number;
  /** Bits. */
  readonly lumaDepth: number;
  /** Bits. */
  readonly chromaDepth: number;
}

/** The profiles whose sets have the form of colours. Source: ITU-T H.264, 7.3.2.1.1. */
const CHROMA_PROFILES: ReadonlySet<number> = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
/** The most offsets in a cycle of picture orders. */
const MAX_CYCLE = 255;

/** Reads a set without its header. @throws {RerunError} `INVALID_FORMAT` if it is damaged. Source: as above */
export function readH264Sequence(payload: Uint8Array): H264Sequence {
  const reader = new BitReader(payload);
  const profile = reader.bits(8);
  reader.skip(16);
  const id = reader.unsigned();
  const colours = CHROMA_PROFILES.has(profile) ? readColours(reader) : { chroma: 1, lumaDepth: 8, chromaDepth: 8 };
  reader.unsigned();
  skipPictureOrder(reader);
  reader.unsigned();
  reader.skip(1);
  const macroblocks = { width: reader.unsigned() + 1, height: reader.unsigned() + 1 };
  const isProgressive = reader.flag();
  if (!isProgressive) reader.skip(1);
  reader.skip(1);
  const crop = reader.flag() ? [1, 2, 3, 4].map(() => reader.unsigned()) : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const fields = isProgressive ? 1 : 2;
  const unitX = colours.chroma === 1 || colours.chroma === 2 ? 2 : 1;
  const unitY = (colours.chroma === 1 ? 2 : 1) * fields;
  const width = macroblocks.width * 16 - unitX * (left + right);
  const height = macroblocks.height * 16 * fields - unitY * (top + bottom);
  return { id, width, height, ...colours };
}

function readColours(reader: BitReader): Pick<H264Sequence, "chroma" | "lumaDepth" | "chromaDepth"> {
  const chroma = reader.unsigned();
  if (chroma === 3) reader.skip(1);
  const [lumaDepth, chromaDepth] = [reader.unsigned() + 8, reader.unsigned() + 8];
  if (chroma > 3 || lumaDepth > 15 || chromaDepth > 15)
    throw new RerunError("INVALID_FORMAT", "its sequence parameter set is damaged");
  reader.skip(1);
  if (reader.flag()) {
    for (let list = 0; list < (chroma === 3 ? 12 : 8); list++)
      if (reader.flag()) skipScaling(reader, list < 6 ? 16 : 64);
  }
  return { chroma, lumaDepth, chromaDepth };
}

/** Source: ITU-T H.264, 7.3.2.1.1.1. */
function skipScaling(reader: BitReader, size: number): void {
  let [last, next] = [8, 8];
  for (let at = 0; at < size; at++) {
    if (next !== 0) next = (last + reader.signed() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function skipPictureOrder(reader: BitReader): void {
  const type = reader.unsigned();
  if (type === 0) reader.unsigned();
  if (type !== 1) return;
  reader.skip(1);
  reader.signed();
  reader.signed();
  const offsets = Math.min(MAX_CYCLE, reader.unsigned());
  for (let at = 0; at < offsets; at++) reader.signed();
}
