import { RerunError } from "@rerun-ts/core";

/** The most zeros before a number in Exp-Golomb form: its value has 32 bits. */
const MAX_ZEROS = 32;

/** Reads numbers of some bits, the highest one first. Throws `INVALID_FORMAT` behind the end. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  bit(): number {
    const byte = this.#bytes[this.#at >> 3];
    if (byte === undefined) throw new RerunError("INVALID_FORMAT", "its configuration is truncated");
    return (byte >> (7 - (this.#at++ & 7))) & 1;
  }

  flag(): boolean {
    return this.bit() === 1;
  }

  bits(count: number): number {
    let value = 0;
    for (let read = 0; read < count; read++) value = value * 2 + this.bit();
    return value;
  }

  skip(count: number): void {
    this.#at += count;
  }

  /** An unsigned number in Exp-Golomb form. Source: ITU-T H.264, 9.1. */
  unsigned(): number {
    let zeros = 0;
    while (!this.flag())
      if (++zeros > MAX_ZEROS) throw new RerunError("INVALID_FORMAT", "its configuration is damaged");
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** A signed number in Exp-Golomb form. Source: ITU-T H.264, 9.1.1. */
  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? -value / 2 : (value + 1) / 2;
  }
}
