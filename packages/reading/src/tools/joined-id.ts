import { xxh32 } from "@rerun-ts/core/rrd";
import { idWithHash } from "./edit-chunk.ts";

const ID_DIGITS = 32;
const encoder = /* @__PURE__ */ new TextEncoder();
const digits = /* @__PURE__ */ new Uint8Array(ID_DIGITS);

/** The id of a chunk that is joined from others: the same for the same chunks. */
export class JoinedId {
  readonly #first: string;
  /** Hashes of the ids. The hash of the ids before is the seed of the next one. */
  readonly #hashes: [number, number] = [0, 1];

  /** @param first the id of the first chunk, which must be added as well */
  constructor(first: string) {
    this.#first = first;
  }

  /** Adds the id of a chunk, 32 digits. */
  add(id: string): void {
    encoder.encodeInto(id, digits);
    this.#hashes[0] = xxh32(digits, this.#hashes[0]);
    this.#hashes[1] = xxh32(digits, this.#hashes[1]);
  }

  toString(): string {
    return idWithHash(this.#first, this.#hashes);
  }
}
