import { box, bytes16 } from "../../mp4/write/box.ts";
import { BitReader } from "./bit-reader.ts";
import { readH264Sequence, type H264Sequence } from "./h264-sequence.ts";
import { lengthPrefixed } from "./length-prefixed.ts";
import { nalUnits, payloadOf } from "./nal-units.ts";
import { ParameterSets } from "./parameter-sets.ts";
import { sameSize } from "./size-of-frames.ts";
import type { StoredEntry, StoredFormat } from "./stored-format.ts";
import { visualEntry } from "./visual-entry.ts";

/** Types of NAL units. Source: ITU-T H.264, table 7-1. */
const [SPS, PPS, SPS_EXTENSION] = [7, 8, 13];
/** The profiles whose configuration names the form of colours. Source: ISO/IEC 14496-15, 5.3.3.1. */
const HIGH_PROFILES: ReadonlySet<number> = new Set([100, 110, 122, 144]);

/** H.264 with lengths in place of start codes. Parameter sets also stay in the frames. */
export class H264Format implements StoredFormat {
  readonly #sets = new ParameterSets();
  #sequence: H264Sequence | undefined;

  convert(sample: Uint8Array): readonly Uint8Array[] {
    const units = nalUnits(sample);
    for (const unit of units) this.#read(unit);
    this.#sets.check(["SPS", "PPS"]);
    return lengthPrefixed(units);
  }

  #read(unit: Uint8Array): void {
    const type = (unit[0] ?? 0) & 31;
    if (type === SPS) {
      const sequence = readH264Sequence(payloadOf(unit, 1));
      this.#sets.add("SPS", sequence.id, unit);
      this.#sequence = sameSize(this.#sequence, sequence);
    } else if (type === PPS) this.#sets.add("PPS", new BitReader(payloadOf(unit, 1)).unsigned(), unit);
    else if (type === SPS_EXTENSION) this.#sets.add("extension", new BitReader(payloadOf(unit, 1)).unsigned(), unit);
  }

  entry(): StoredEntry {
    const [sequences, pictures, extensions] = ["SPS", "PPS", "extension"].map((type) => this.#sets.of(type));
    const { width, height, chroma, lumaDepth, chromaDepth } = this.#sequence as H264Sequence;
    const [, profile = 0, compatibility = 0, level = 0] = sequences?.[0] ?? [];
    const list = (mask: number, units: readonly Uint8Array[] = []): Uint8Array[] => [
      Uint8Array.of(mask | units.length),
      ...units.flatMap((unit) => [bytes16(unit.byteLength), unit]),
    ];
    const high = [
      Uint8Array.of(0xfc | chroma, 0xf8 | (lumaDepth - 8), 0xf8 | (chromaDepth - 8)),
      ...list(0, extensions),
    ];
    const record = box(
      "avcC",
      Uint8Array.of(1, profile, compatibility, level, 0xff),
      ...list(0xe0, sequences),
      ...list(0, pictures),
      ...(HIGH_PROFILES.has(profile) ? high : []),
    );
    return visualEntry("avc1", { width, height }, record);
  }
}
