import { concatBytes } from "@rerun-ts/core/encode";
import { checkAborted } from "../../source/collect.ts";
import type { OpenSource } from "../../source/random-access.ts";

/** The part of a file that is in memory. It moves forward. */
export class ForwardReader {
  readonly #access: OpenSource;
  readonly #signal: AbortSignal | undefined;
  #memory: Uint8Array = new Uint8Array(0);
  /** The bytes from the position on. */
  bytes: Uint8Array = new Uint8Array(0);
  position = 0;
  /** Number of bytes of each read. */
  window: number;

  constructor(access: OpenSource, window: number, signal: AbortSignal | undefined) {
    this.#access = access;
    this.window = window;
    this.#signal = signal;
  }

  /** The size of the file. */
  get size(): number {
    return this.#access.size;
  }

  /** Whether reads use the same memory again. */
  get isReused(): boolean {
    return this.#access.readInto !== undefined;
  }

  /** Reads until this many bytes are available, or the file ends. */
  async fill(length: number): Promise<void> {
    const { byteLength } = this.bytes;
    if (byteLength >= length) return;
    const rest = this.#access.size - this.position - byteLength;
    if (rest <= 0) return;
    checkAborted(this.#signal);
    const wanted = Math.min(rest, Math.max(length - byteLength, this.window));
    const options = { signal: this.#signal };
    if (this.#access.readInto !== undefined) {
      const bytes = this.#roomFor(byteLength + wanted);
      await this.#access.readInto(bytes.subarray(byteLength), this.position + byteLength, options);
      this.bytes = bytes;
      return;
    }
    // Reading a few bytes again is faster than copying many.
    if (byteLength < this.window / 4) this.bytes = await this.#access.read(this.position, byteLength + wanted, options);
    else this.bytes = concatBytes([this.bytes, await this.#access.read(this.position + byteLength, wanted, options)]);
  }

  /** Moves forward, also beyond what is in memory. */
  skip(length: number): void {
    this.position += length;
    this.bytes = this.bytes.subarray(length);
  }

  /** Memory that begins with the bytes, and has room for more. Earlier blocks use the same memory. */
  #roomFor(length: number): Uint8Array {
    const from = this.bytes.byteOffset - this.#memory.byteOffset;
    if (this.bytes.buffer === this.#memory.buffer && from + length <= this.#memory.byteLength)
      return this.#memory.subarray(from, from + length);
    if (this.#memory.byteLength < length) {
      // Room for several reads, because each time that the bytes move to the front takes time.
      const grown = new Uint8Array(length + 2 * this.window);
      grown.set(this.bytes);
      this.#memory = grown;
    } else this.#memory.set(this.bytes);
    return this.#memory.subarray(0, length);
  }
}
