import { BufferPool } from "@rerun-ts/core/rrd";

/** The sequences whose bytes may lie in memory that is used again. */
const lenders = new WeakMap<AsyncIterable<unknown>, MessageMemory>();

/**
 * The memory of messages. It is new for each message, unless the receiver of the bytes calls {@link borrowMemory}: then
 * it is used again.
 */
export class MessageMemory {
  readonly #pool = new BufferPool();
  readonly #lent = new Set<ArrayBuffer>();
  #isLent = false;

  /** Memory of at least this size. */
  readonly allocate = (size: number): Uint8Array<ArrayBuffer> => {
    if (!this.#isLent) return new Uint8Array(size);
    const bytes = this.#pool.take(size);
    this.#lent.add(bytes.buffer);
    return bytes;
  };

  /** A sequence of bytes that may lie in this memory. */
  of<Bytes extends AsyncIterable<Uint8Array>>(bytes: Bytes): Bytes {
    lenders.set(bytes, this);
    return bytes;
  }

  /** Lends the memory from now on. Bytes that are passed to the returned function are used again. */
  lend(): (bytes: Uint8Array) => void {
    this.#isLent = true;
    return ({ buffer }) => {
      if (this.#lent.delete(buffer as ArrayBuffer)) this.#pool.give(new Uint8Array(buffer as ArrayBuffer));
    };
  }
}

/**
 * Receives the next bytes of a sequence in memory that is used again, if there is such memory. The receiver passes each
 * piece to the returned function when it does not need it any more.
 */
export function borrowMemory(bytes: AsyncIterable<unknown>): ((piece: Uint8Array) => void) | undefined {
  return lenders.get(bytes)?.lend();
}
