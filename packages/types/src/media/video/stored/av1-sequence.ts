import { BitReader } from "./bit-reader.ts";

/** Facts of a sequence header of AV1. */
export interface Av1Sequence {
  readonly width: number;
  readonly height: number;
  /** Profile, level, and the form of colours, as in the second and third byte of `av1C`. */
  readonly configuration: readonly [number, number];
}

interface Points {
  readonly level: number;
  readonly tier: number;
}

/** Profile 2 has all forms of colours. */
const PROFESSIONAL = 2;
/** The identifiers of sRGB. Source: AV1 specification, 6.4.2. */
const SRGB = "1 13 0";

/** Reads a header. @throws {RerunError} `INVALID_FORMAT` if it is truncated. Source: AV1 specification, 5.5 */
export function readAv1Sequence(payload: Uint8Array): Av1Sequence {
  const reader = new BitReader(payload);
  const profile = reader.bits(3);
  reader.skip(1);
  const isReduced = reader.flag();
  const { level, tier } = isReduced ? { level: reader.bits(5), tier: 0 } : readPoints(reader);
  const [widthBits, heightBits] = [reader.bits(4) + 1, reader.bits(4) + 1];
  const [width, height] = [reader.bits(widthBits) + 1, reader.bits(heightBits) + 1];
  if (!isReduced && reader.flag()) reader.skip(7);
  reader.skip(3);
  if (!isReduced) skipTools(reader);
  reader.skip(3);
  return { width, height, configuration: [(profile << 5) | level, (tier << 7) | readColours(reader, profile)] };
}

/** The level and the tier of the first operating point. */
function readPoints(reader: BitReader): Points {
  let delayBits = 0;
  if (reader.flag()) {
    reader.skip(64);
    // The number of ticks of a picture.
    if (reader.flag()) reader.unsigned();
    if (reader.flag()) {
      delayBits = reader.bits(5) + 1;
      reader.skip(42);
    }
  }
  const hasDelay = reader.flag();
  const count = reader.bits(5) + 1;
  let first: Points | undefined;
  for (let point = 0; point < count; point++) {
    reader.skip(12);
    const level = reader.bits(5);
    const tier = level > 7 ? reader.bit() : 0;
    if (delayBits > 0 && reader.flag()) reader.skip(2 * delayBits + 1);
    if (hasDelay && reader.flag()) reader.skip(4);
    first ??= { level, tier };
  }
  return first ?? { level: 0, tier: 0 };
}

function skipTools(reader: BitReader): void {
  reader.skip(4);
  const hasOrder = reader.flag();
  if (hasOrder) reader.skip(2);
  const screen = reader.flag() ? 2 : reader.bit();
  if (screen > 0 && !reader.flag()) reader.skip(1);
  if (hasOrder) reader.skip(3);
}

/** The form of colours, as in `av1C`. Source: AV1 specification, 5.5.2. */
function readColours(reader: BitReader, profile: number): number {
  const isHigh = reader.bit();
  const isTwelve = profile === PROFESSIONAL && isHigh === 1 ? reader.bit() : 0;
  const isMono = profile === 1 ? 0 : reader.bit();
  const colours = reader.flag() ? [8, 8, 8].map((bits) => reader.bits(bits)).join(" ") : "2 2 2";
  const form = (isHigh << 6) | (isTwelve << 5) | (isMono << 4);
  if (isMono === 1) return form | 0b1100;
  if (colours === SRGB) return form;
  reader.skip(1);
  let [x, y] = [profile === 1 ? 0 : 1, profile === 0 ? 1 : 0];
  if (profile === PROFESSIONAL && isTwelve === 1) {
    x = reader.bit();
    y = x === 1 ? reader.bit() : 0;
  }
  const position = x === 1 && y === 1 ? reader.bits(2) : 0;
  return form | (x << 3) | (y << 2) | position;
}
