import { box, bytes16 } from "../../mp4/write/box.ts";
import { BitReader } from "./bit-reader.ts";
import { readH265Sequence, type H265Sequence } from "./h265-sequence.ts";
import { lengthPrefixed } from "./length-prefixed.ts";
import { nalUnits, payloadOf } from "./nal-units.ts";
import { ParameterSets } from "./parameter-sets.ts";
import { sameSize } from "./size-of-frames.ts";
import type { StoredEntry, StoredFormat } from "./stored-format.ts";
import { visualEntry } from "./visual-entry.ts";

/** The types of NAL units that are parameter sets. Source: ITU-T H.265, table 7-1. */
const TYPES: readonly (readonly [number, string])[] = [
  [32, "VPS"],
  [33, "SPS"],
  [34, "PPS"],
];

/** H.265 with lengths in place of start codes. Parameter sets also stay in the frames. */
export class H265Format implements StoredFormat {
  readonly #sets = new ParameterSets();
  #sequence: H265Sequence | undefined;

  convert(sample: Uint8Array): readonly Uint8Array[] {
    const units = nalUnits(sample);
    for (const unit of units) this.#read(unit);
    this.#sets.check(TYPES.map(([, name]) => name));
    return lengthPrefixed(units);
  }

  #read(unit: Uint8Array): void {
    const type = ((unit[0] ?? 0) >> 1) & 63;
    const name = TYPES.find(([number]) => number === type)?.[1];
    if (name === undefined) return;
    const payload = payloadOf(unit, 2);
    if (name === "SPS") {
      const sequence = readH265Sequence(payload);
      this.#sets.add(name, sequence.id, unit);
      this.#sequence = sameSize(this.#sequence, sequence);
    } else {
      const reader = new BitReader(payload);
      this.#sets.add(name, name === "VPS" ? reader.bits(4) : reader.unsigned(), unit);
    }
  }

  entry(): StoredEntry {
    const { width, height, ...sequence } = this.#sequence as H265Sequence;
    const nesting = ((sequence.layers & 7) << 3) | (Number(sequence.isNested) << 2) | 3;
    const arrays = TYPES.flatMap(([type, name]) => {
      const units = this.#sets.of(name);
      // The sets in the frames are the same: the array is complete.
      return [
        Uint8Array.of(0x80 | type),
        bytes16(units.length),
        ...units.flatMap((unit) => [bytes16(unit.byteLength), unit]),
      ];
    });
    const record = box(
      "hvcC",
      Uint8Array.of(1),
      sequence.profile,
      bytes16(0xf000),
      Uint8Array.of(0xfc, 0xfc | sequence.chroma, 0xf8 | (sequence.lumaDepth - 8), 0xf8 | (sequence.chromaDepth - 8)),
      bytes16(0),
      Uint8Array.of(nesting, TYPES.length),
      ...arrays,
    );
    return visualEntry("hvc1", { width, height }, record);
  }
}
