import { RerunError } from "@rerun-ts/core";
import { areEqual } from "./stored/are-equal.ts";

/** The codecs whose frames consist of NAL units. */
export type NalCodec = "H264" | "H265";

const START_CODE = [0, 0, 0, 1];
/** The position of the arrays of parameter sets in `hvcC`. Source: ISO/IEC 14496-15, 8.3.2.1. */
const HVCC_ARRAYS = 22;
/** The position of the parameter sets in `avcC`. Source: ISO/IEC 14496-15, 5.3.3.1. */
const AVCC_SETS = 5;
/** The first and the last type of parameter sets in H.265. Source: ITU-T H.265, table 7-1. */
const VPS = 32;
const PPS = 34;

/** Storage of the NAL units of a stream, according to its `avcC` or `hvcC` record. */
interface NalFormat {
  /** Size of the length before each NAL unit, in bytes. */
  readonly lengthBytes: number;
  readonly parameterSets: readonly Uint8Array[];
}

/**
 * Returns a function that turns frames whose NAL units follow their lengths, as in MP4 files and from encoders that do
 * not support Annex B, into Annex B, which viewers need. Key frames get the parameter sets that they lack in front.
 *
 * @param description the `avcC` or `hvcC` record: the `description` of WebCodecs
 * @throws {RerunError} `INVALID_FORMAT` if the description is damaged. The returned function throws it for a damaged
 * frame
 */
export function annexBConverter(
  codec: NalCodec,
  description: Uint8Array,
): (frame: Uint8Array, isKeyframe: boolean) => Uint8Array<ArrayBuffer> {
  const { lengthBytes, parameterSets } = codec === "H264" ? readAvcC(description) : readHvcC(description);
  return (frame, isKeyframe) => {
    const units = splitFrame(frame, lengthBytes);
    if (!isKeyframe) return joinNals(units);
    const missing = parameterSets.filter((set) => !units.some((unit) => areEqual(unit, set)));
    return joinNals([...missing, ...units]);
  };
}

function readAvcC(description: Uint8Array): NalFormat {
  const reader = new NalReader(description, "the `avcC` record");
  const lengthBytes = (reader.byteAt(AVCC_SETS - 1) & 3) + 1;
  reader.position = AVCC_SETS;
  const sets = reader.nals(2, reader.unsigned(1) & 31);
  return { lengthBytes, parameterSets: [...sets, ...reader.nals(2, reader.unsigned(1))] };
}

function readHvcC(description: Uint8Array): NalFormat {
  const reader = new NalReader(description, "the `hvcC` record");
  const lengthBytes = (reader.byteAt(HVCC_ARRAYS - 1) & 3) + 1;
  reader.position = HVCC_ARRAYS;
  const parameterSets: Uint8Array[] = [];
  for (let arrays = reader.unsigned(1); arrays > 0; arrays--) {
    const type = reader.unsigned(1) & 63;
    const nals = reader.nals(2, reader.unsigned(2));
    // Other units, such as the settings of an encoder as text, need not be repeated in each key frame.
    if (type >= VPS && type <= PPS) parameterSets.push(...nals);
  }
  return { lengthBytes, parameterSets };
}

function splitFrame(frame: Uint8Array, lengthBytes: number): readonly Uint8Array[] {
  return new NalReader(frame, "a frame").nals(lengthBytes);
}

function joinNals(nals: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(nals.reduce((sum, nal) => sum + START_CODE.length + nal.byteLength, 0));
  let at = 0;
  for (const nal of nals) {
    joined.set(START_CODE, at);
    joined.set(nal, at + START_CODE.length);
    at += START_CODE.length + nal.byteLength;
  }
  return joined;
}

/** Reads NAL units that follow their lengths. */
class NalReader {
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #what: string;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  byteAt(position: number): number {
    const byte = this.#bytes[position];
    if (byte === undefined) throw this.#damaged();
    return byte;
  }

  unsigned(bytes: number): number {
    let value = 0;
    for (let count = 0; count < bytes; count++) value = value * 256 + this.byteAt(this.position++);
    return value;
  }

  /** Reads this many NAL units, or all that follow. */
  nals(lengthBytes: number, count = Infinity): Uint8Array[] {
    const found: Uint8Array[] = [];
    const isComplete = (): boolean =>
      count === Infinity ? this.position >= this.#bytes.byteLength : found.length >= count;
    while (!isComplete()) {
      const length = this.unsigned(lengthBytes);
      const end = this.position + length;
      if (end > this.#bytes.byteLength) throw this.#damaged();
      found.push(this.#bytes.subarray(this.position, end));
      this.position = end;
    }
    return found;
  }

  #damaged(): RerunError {
    return new RerunError("INVALID_FORMAT", `${this.#what} of the video is damaged: it ends within a NAL unit`);
  }
}
