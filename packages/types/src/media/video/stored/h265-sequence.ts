import { RerunError } from "@rerun-ts/core";
import { BitReader } from "./bit-reader.ts";

/** Facts of a sequence parameter set of H.265. */
export interface H265Sequence {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  /** Profile, compatibility, constraints and level: twelve bytes. */
  readonly profile: Uint8Array;
  /** The number of temporal layers. */
  readonly layers: number;
  /** Whether layers are nested. */
  readonly isNested: boolean;
  /** 0 is grey, 1 is 4:2:0, 2 is 4:2:2, 3 is 4:4:4. */
  readonly chroma: number;
  /** Bits. */
  readonly lumaDepth: number;
  /** Bits. */
  readonly chromaDepth: number;
}

const PROFILE_BYTES = 12;
const MAX_LAYERS = 8;

/** Reads a set without its header. @throws {RerunError} `INVALID_FORMAT` if it is damaged. Source: ITU-T H.265, 7.3.2.2 */
export function readH265Sequence(payload: Uint8Array): H265Sequence {
  const reader = new BitReader(payload);
  reader.skip(4);
  const layers = reader.bits(3) + 1;
  const isNested = reader.flag();
  const profile = Uint8Array.from({ length: PROFILE_BYTES }, () => reader.bits(8));
  skipLayers(reader, layers - 1);
  const id = reader.unsigned();
  const chroma = reader.unsigned();
  if (chroma === 3) reader.skip(1);
  const coded = { width: reader.unsigned(), height: reader.unsigned() };
  const crop = reader.flag() ? [1, 2, 3, 4].map(() => reader.unsigned()) : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const [lumaDepth, chromaDepth] = [reader.unsigned() + 8, reader.unsigned() + 8];
  if (chroma > 3 || lumaDepth > 15 || chromaDepth > 15 || layers >= MAX_LAYERS)
    throw new RerunError("INVALID_FORMAT", "its sequence parameter set is damaged");
  const width = coded.width - (chroma === 1 || chroma === 2 ? 2 : 1) * (left + right);
  const height = coded.height - (chroma === 1 ? 2 : 1) * (top + bottom);
  return { id, width, height, profile, layers, isNested, chroma, lumaDepth, chromaDepth };
}

/** Source: ITU-T H.265, 7.3.3. */
function skipLayers(reader: BitReader, layers: number): void {
  if (layers === 0) return;
  const present = Array.from({ length: layers }, () => ({ hasProfile: reader.flag(), hasLevel: reader.flag() }));
  reader.skip(2 * (MAX_LAYERS - layers));
  for (const { hasProfile, hasLevel } of present) reader.skip((hasProfile ? 88 : 0) + (hasLevel ? 8 : 0));
}
