import { type OpenSource } from "@rerun-ts/reading/source";
import { checkAborted, concatBytes } from "@rerun-ts/core/util";

/** The next bytes of a file, which are read while others are used. */
interface Ahead {
  readonly start: number;
  readonly length: number;
  /** Memory with room before the bytes, for those that are still needed. */
  readonly memory: Uint8Array;
  /** The position of the bytes in the memory. */
  readonly at: number;
  /** Whether the bytes are there. */
  readonly isRead: Promise<boolean>;
}

/** The part of a file that is in memory. It moves forward. */
export class ForwardReader {
  readonly #access: OpenSource;
  readonly #signal: AbortSignal | undefined;
  #memory: Uint8Array = new Uint8Array(0);
  /** Memory for the next bytes that are read ahead. */
  #spare: Uint8Array = new Uint8Array(0);
  #ahead: Ahead | undefined;
  /** The bytes from the position on. */
  bytes: Uint8Array = new Uint8Array(0);
  position = 0;
  /** Number of bytes of each read. */
  #readBytes: number;
  /** Whether the bytes behind those in memory are read ahead, if the source can read into memory. */
  #isAhead = false;

  constructor(access: OpenSource, readBytes: number, signal: AbortSignal | undefined) {
    this.#access = access;
    this.#readBytes = readBytes;
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

  /** Reads this many bytes at a time from now on, and the next ones ahead if `isAhead`. */
  setReads(readBytes: number, isAhead: boolean): void {
    this.#readBytes = readBytes;
    this.#isAhead = isAhead;
  }

  /** Reads until this many bytes are available, or the file ends. */
  async fill(length: number): Promise<void> {
    if (this.bytes.byteLength >= length || this.position + this.bytes.byteLength >= this.size) return;
    checkAborted(this.#signal);
    if (this.#access.readInto === undefined) return this.#read(length);
    await this.#takeAhead();
    await this.#readInto(length);
    if (this.#isAhead) this.#startAhead();
  }

  /** Moves forward, also beyond what is in memory. */
  skip(length: number): void {
    this.position += length;
    this.bytes = this.bytes.subarray(length);
  }

  async #read(length: number): Promise<void> {
    const { byteLength } = this.bytes;
    const options = { signal: this.#signal };
    const wanted = this.#wanted(length);
    // Reading a few bytes again is faster than copying many.
    if (byteLength < this.#readBytes / 4)
      this.bytes = await this.#access.read(this.position, byteLength + wanted, options);
    else this.bytes = concatBytes([this.bytes, await this.#access.read(this.position + byteLength, wanted, options)]);
  }

  async #readInto(length: number): Promise<void> {
    const { byteLength } = this.bytes;
    if (byteLength >= length) return;
    const wanted = this.#wanted(length);
    const bytes = this.#roomFor(byteLength + wanted);
    const options = { signal: this.#signal };
    if (wanted > 0) await this.#access.readInto?.(bytes.subarray(byteLength), this.position + byteLength, options);
    this.bytes = bytes;
  }

  /** The number of bytes to read for this length. */
  #wanted(length: number): number {
    const { byteLength } = this.bytes;
    return Math.min(this.size - this.position - byteLength, Math.max(length - byteLength, this.#readBytes));
  }

  /** Uses the bytes that were read ahead, if they are the next ones. */
  async #takeAhead(): Promise<void> {
    const ahead = this.#ahead;
    if (ahead === undefined) return;
    // If this fails, the same bytes are read once more, which throws the error.
    const isRead = await ahead.isRead;
    this.#ahead = undefined;
    const { byteLength } = this.bytes;
    if (!isRead || ahead.start !== this.position + byteLength || byteLength > ahead.at) {
      this.#spare = ahead.memory;
      return;
    }
    const from = ahead.at - byteLength;
    ahead.memory.set(this.bytes, from);
    this.#spare = this.#memory;
    this.#memory = ahead.memory;
    this.bytes = ahead.memory.subarray(from, ahead.at + ahead.length);
  }

  #startAhead(): void {
    const start = this.position + this.bytes.byteLength;
    const length = Math.min(this.#readBytes, this.size - start);
    const { readInto } = this.#access;
    if (length === 0 || readInto === undefined || this.#ahead !== undefined) return;
    const at = this.#readBytes;
    const size = at + this.#readBytes;
    // Memory for a large record is not kept.
    if (this.#spare.byteLength < size || this.#spare.byteLength > 2 * size) this.#spare = new Uint8Array(size);
    const memory = this.#spare;
    const isRead = readInto(memory.subarray(at, at + length), start, { signal: this.#signal }).then(
      () => true,
      () => false,
    );
    this.#ahead = { start, length, memory, at, isRead };
  }

  /** Memory that begins with the bytes, and has room for more. Earlier blocks use the same memory. */
  #roomFor(length: number): Uint8Array {
    const from = this.bytes.byteOffset - this.#memory.byteOffset;
    if (this.bytes.buffer === this.#memory.buffer && from + length <= this.#memory.byteLength)
      return this.#memory.subarray(from, from + length);
    if (this.#memory.byteLength < length) {
      // Room for several reads, because each time that the bytes move to the front takes time.
      const grown = new Uint8Array(length + 2 * this.#readBytes);
      grown.set(this.bytes);
      this.#memory = grown;
    } else this.#memory.set(this.bytes);
    return this.#memory.subarray(0, length);
  }
}
