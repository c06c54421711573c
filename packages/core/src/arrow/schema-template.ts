import type { ArrowField, ArrowMetadata } from "./arrow-type.ts";
import { padded } from "./array-collector.ts";
import { ENCAPSULATION, encapsulate, writeSchema } from "./schema.ts";

const ENCODER = /* @__PURE__ */ new TextEncoder();

/**
 * An encapsulated Schema message that is encoded once, for messages that differ in the last two values of its metadata.
 * The last value may have any length, because it is the last object of the message, so nothing has to move.
 */
export class SchemaTemplate {
  /** The position of the second-to-last value. All bytes before it are the same in all messages. */
  readonly fixedAt: number;
  #bytes: Uint8Array;
  /** The position of the first byte of the last value. The four bytes before hold the value's length. */
  readonly #lastAt: number;
  #last: string | undefined;
  #length = 0;

  /** @param metadata its second-to-last value must have the length of all later ones */
  constructor(fields: readonly ArrowField[], metadata: ArrowMetadata) {
    const { bytes, valuePositions } = writeSchema(fields, metadata);
    this.#bytes = encapsulate(bytes);
    this.fixedAt = ENCAPSULATION + (valuePositions.at(-2) as number);
    this.#lastAt = ENCAPSULATION + (valuePositions.at(-1) as number);
  }

  /** The message with these values, valid until the next call. */
  fill(fixed: string, last: string): Uint8Array {
    if (last !== this.#last) this.#setLast(last);
    ENCODER.encodeInto(fixed, this.#bytes.subarray(this.fixedAt));
    return this.#bytes.subarray(0, this.#length);
  }

  #setLast(text: string): void {
    const most = padded(this.#lastAt + text.length * 3 + 1);
    if (most > this.#bytes.byteLength) {
      const bytes = new Uint8Array(most);
      bytes.set(this.#bytes.subarray(0, this.#lastAt));
      this.#bytes = bytes;
    }
    const { written } = ENCODER.encodeInto(text, this.#bytes.subarray(this.#lastAt));
    const end = this.#lastAt + written;
    this.#length = padded(end + 1);
    this.#bytes.fill(0, end, this.#length);
    const view = new DataView(this.#bytes.buffer);
    view.setInt32(this.#lastAt - 4, written, true);
    view.setUint32(4, this.#length - ENCAPSULATION, true);
    this.#last = text;
  }
}
