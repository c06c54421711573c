import { InvalidValueError } from "@rerun-ts/core/checks";
import {
  leastBytes,
  truncatedError,
  type PlyElement,
  type PlyHeader,
  type PlyProperty,
  type PlyType,
} from "./ply-header.ts";
import type { PlyPlan, PlyReader, PlyTarget } from "./ply-reader.ts";
import { readDecimal } from "./read-decimal.ts";

const LINE_FEED = 10;
const SPACE = 32;

/** The range of each integer type. */
const RANGES: Readonly<Partial<Record<PlyType, readonly [least: number, greatest: number]>>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32_768, 32_767],
  uint16: [0, 65_535],
  int32: [-2_147_483_648, 2_147_483_647],
  uint32: [0, 4_294_967_295],
};

/** Reads text data: one line for each item. */
export class AsciiPlyReader implements PlyReader {
  readonly #bytes: Uint8Array;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #at: number;

  constructor(bytes: Uint8Array, { end }: PlyHeader) {
    this.#bytes = bytes;
    this.#at = end;
  }

  expect(element: PlyElement): void {
    if (leastBytes(element, "ascii") > this.#bytes.byteLength - this.#at) throw truncatedError();
  }

  read({ properties }: PlyElement, count: number, plan: PlyPlan, target: PlyTarget): void {
    for (let row = 0; row < count; row++) {
      this.#skipBlankLines();
      if (plan.width > 0) this.#readLine(properties, row, plan, target);
      this.#endLine();
    }
  }

  #readLine(
    properties: readonly PlyProperty[],
    row: number,
    { columns, width, text }: PlyPlan,
    target: PlyTarget,
  ): void {
    for (let index = 0; index < properties.length; index++) {
      const { type, lengthType } = properties[index] as PlyProperty;
      if (lengthType !== undefined) {
        const items = this.#readList(type, this.#readNumber(lengthType, true));
        if (index === text) target.texts.push(this.#decoder.decode(Uint8Array.from(items)));
        continue;
      }
      const column = columns[index];
      const value = this.#readNumber(type, column !== undefined);
      if (column !== undefined) target.numbers[row * width + column] = value;
    }
  }

  /** Reads the items of a list, as many as its length states, if the line has them. */
  #readList(type: PlyType, length: number): number[] {
    if (!Number.isInteger(length) || length < 0) throw truncatedError();
    const items: number[] = [];
    for (let index = 0; index < length; index++) items.push(this.#readNumber(type, true));
    return items;
  }

  /** Reads or skips the next number of the line. */
  #readNumber(type: PlyType, isWanted: boolean): number {
    const bytes = this.#bytes;
    let start = this.#at;
    while (isBlank(bytes[start])) start++;
    let end = start;
    while ((bytes[end] ?? 0) > SPACE) end++;
    if (end === start) throw this.#tooShort();
    this.#at = end;
    if (!isWanted) return 0;
    const value = readDecimal(bytes, start, end);
    const range = RANGES[type];
    if (
      value === undefined ||
      (range !== undefined && !(Number.isInteger(value) && value >= range[0] && value <= range[1]))
    ) {
      const got = JSON.stringify(this.#decoder.decode(bytes.subarray(start, Math.min(end, start + 40))));
      throw new InvalidValueError(`a PLY file with numbers of the type ${type}`, got, false);
    }
    return value;
  }

  #tooShort(): InvalidValueError {
    if (this.#at >= this.#bytes.byteLength) return truncatedError();
    return new InvalidValueError("a PLY file with a value for each property", "a line with fewer", false);
  }

  #skipBlankLines(): void {
    const bytes = this.#bytes;
    while (isBlank(bytes[this.#at]) || bytes[this.#at] === LINE_FEED) this.#at++;
    if (this.#at >= bytes.byteLength) throw truncatedError();
  }

  #endLine(): void {
    const end = this.#bytes.indexOf(LINE_FEED, this.#at);
    this.#at = end < 0 ? this.#bytes.byteLength : end + 1;
  }
}

/** Whether a byte is a space, a tab or a carriage return. */
function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === 9 || byte === 13;
}
