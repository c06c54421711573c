import { RerunError } from "@rerun-ts/core";

/** The bytes of a stream that are not consumed yet, in one array. */
export class ByteWindow {
  #bytes = new Uint8Array(64 * 1024);
  #start = 0;
  #end = 0;
  readonly #maxBytes: number;

  /** @param maxBytes how many unconsumed bytes are allowed */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The unconsumed bytes. Valid until the next change. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Adds bytes. @throws {RerunError} `INVALID_FORMAT` if too many are not consumed */
  push(added: Uint8Array): void {
    const length = this.#end - this.#start + added.byteLength;
    if (length > this.#maxBytes + added.byteLength)
      throw new RerunError(
        "INVALID_FORMAT",
        `a frame of the video has more than ${this.#maxBytes} bytes; see \`maxFrameBytes\``,
      );
    if (this.#end + added.byteLength > this.#bytes.byteLength) this.#makeRoom(length);
    this.#bytes.set(added, this.#end);
    this.#end += added.byteLength;
  }

  /** Removes the first bytes, and returns a copy of them. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(this.#start, this.#start + length);
    this.#start += length;
    return taken;
  }

  /** Removes the first bytes. */
  skip(length: number): void {
    this.#start += length;
  }

  #makeRoom(length: number): void {
    const rest = this.bytes;
    const target = length * 2 > this.#bytes.byteLength ? new Uint8Array(length * 2) : this.#bytes;
    target.set(rest);
    this.#bytes = target;
    this.#end -= this.#start;
    this.#start = 0;
  }
}
