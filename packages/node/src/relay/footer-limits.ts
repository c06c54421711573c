/**
 * Limits the decompression for footers, which is work that small messages can cause. The limit is a multiple of the
 * received bytes, plus an excess that is shared and recovers over time.
 */
const FACTOR = 16;
const EXCESS_BYTES = 256 * 1024 * 1024;
const EXCESS_BYTES_PER_SECOND = 64 * 1024 * 1024;
/** The memory of all footers together, about twice of which is used when they are made. */
const FOOTER_BYTES = 256 * 1024 * 1024;

/** The limit of decompression for all files of a relay. Usual data never needs the excess that they share. */
export class DecompressionBudget {
  #bytes = EXCESS_BYTES;
  #updatedAt = performance.now();

  /** @throws {Error} if decompressing this much is not allowed now */
  spend(received: number, uncompressed: number): void {
    const now = performance.now();
    this.#bytes = Math.min(EXCESS_BYTES, this.#bytes + ((now - this.#updatedAt) / 1000) * EXCESS_BYTES_PER_SECOND);
    this.#updatedAt = now;
    const excess = uncompressed - received * FACTOR;
    if (excess <= 0) return;
    if (excess > this.#bytes)
      throw new Error(
        `a chunk of ${received} bytes has ${uncompressed} bytes uncompressed, which is too much to read now`,
      );
    this.#bytes -= excess;
  }
}

/** The contents of a footer, which can be left out. */
export interface FooterOwner {
  /** Drops the footer, because all footers together take too much memory. */
  dropFooter(reason: string): void;
}

/** The memory of the footers of all files of a relay. The largest is left out when there is too much. */
export class FooterMemory {
  readonly #maxBytes: number;
  readonly #sizes = new Map<FooterOwner, number>();
  #bytes = 0;

  constructor(maxBytes: number = FOOTER_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Sets the size of a file's footer. A size of 0 removes the footer from the sum. */
  set(owner: FooterOwner, bytes: number): void {
    this.#bytes += bytes - (this.#sizes.get(owner) ?? 0);
    if (bytes === 0) this.#sizes.delete(owner);
    else this.#sizes.set(owner, bytes);
    while (this.#bytes > this.#maxBytes && this.#sizes.size > 0) this.#dropLargest();
  }

  #dropLargest(): void {
    let [largest, most]: [FooterOwner | undefined, number] = [undefined, 0];
    for (const [owner, bytes] of this.#sizes) if (bytes > most) [largest, most] = [owner, bytes];
    if (largest === undefined) return;
    this.set(largest, 0);
    largest.dropFooter(`the footers of all files take more than ${this.#maxBytes} bytes of memory`);
  }
}
