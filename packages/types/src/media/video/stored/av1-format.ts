import { RerunError } from "@rerun-ts/core";
import { box } from "../../mp4/write/box.ts";
import { areEqual } from "./are-equal.ts";
import { readAv1Sequence, type Av1Sequence } from "./av1-sequence.ts";
import { obusIn } from "./obus.ts";
import { sameSize } from "./size-of-frames.ts";
import type { StoredEntry, StoredFormat } from "./stored-format.ts";
import { visualEntry } from "./visual-entry.ts";

/** Types of units. Source: AV1 specification, 6.2.2. */
const [SEQUENCE_HEADER, TEMPORAL_DELIMITER] = [1, 2];

/** AV1 without temporal delimiters. Source: AV1 codec ISO media file format binding. */
export class Av1Format implements StoredFormat {
  #header: Uint8Array | undefined;
  #hasSize = true;
  #sequence: Av1Sequence | undefined;

  convert(sample: Uint8Array): readonly Uint8Array[] {
    const units = obusIn(sample).filter(({ type }) => type !== TEMPORAL_DELIMITER);
    if (units.length === 0) throw new RerunError("INVALID_FORMAT", "it has no OBU of AV1");
    for (const { type, payload, bytes, hasSize } of units) {
      if (type !== SEQUENCE_HEADER || (this.#header !== undefined && areEqual(this.#header, bytes))) continue;
      this.#sequence = sameSize(this.#sequence, readAv1Sequence(payload));
      if (this.#header !== undefined)
        throw new RerunError("UNSUPPORTED", "its sequence header changes, which an MP4 file cannot have");
      this.#header = bytes.slice();
      this.#hasSize = hasSize;
    }
    if (this.#header === undefined) throw new RerunError("INVALID_FORMAT", "the key frame has no sequence header");
    return units.map(({ bytes }) => bytes);
  }

  entry(): StoredEntry {
    const sequence = this.#sequence as Av1Sequence;
    const { configuration } = sequence;
    const header = this.#header !== undefined && this.#hasSize ? [this.#header] : [];
    return visualEntry("av01", sequence, box("av1C", Uint8Array.of(0x81, ...configuration, 0), ...header));
  }
}
