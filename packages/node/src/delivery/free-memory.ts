/** Memory from this size on is used again: in small pieces there is nothing to gain. */
export const REUSE_BYTES: number = 64 * 1024;
/** How many pieces are kept. */
const MAX_PIECES = 6;
/** How much larger than needed a piece may be: what waits is counted by its bytes, not by its memory. */
const MAX_EXCESS = 1.25;

/** Memory that has done its work, for later messages: less work than new memory, and no heaps of it until it is collected. */
export class FreeMemory {
  readonly #pieces: ArrayBuffer[] = [];

  give(piece: ArrayBuffer): void {
    if (piece.byteLength < REUSE_BYTES) return;
    if (this.#pieces.push(piece) > MAX_PIECES) this.#pieces.shift();
  }

  /** Everything that is there. */
  takeAll(): ArrayBuffer[] {
    return this.#pieces.splice(0);
  }

  /** A copy, in memory that was used before if there is any of the size. */
  copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const { byteLength } = bytes;
    if (byteLength < REUSE_BYTES) return new Uint8Array(bytes);
    const fits = (piece: ArrayBuffer): boolean =>
      piece.byteLength >= byteLength && piece.byteLength <= byteLength * MAX_EXCESS;
    const index = this.#pieces.findIndex(fits);
    const size = Math.ceil(byteLength / REUSE_BYTES) * REUSE_BYTES;
    const buffer = index < 0 ? new ArrayBuffer(size) : this.#pieces.splice(index, 1)[0];
    const copy = new Uint8Array(buffer as ArrayBuffer, 0, byteLength);
    copy.set(bytes);
    return copy;
  }
}
