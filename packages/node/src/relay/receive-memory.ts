/** The memory of incomplete messages of all connections together, in bytes, besides one message of any size. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Limits the memory of the messages that arrive in pieces, over all connections. When it is full, connections have to wait
 * until there is room; one of them may always go on, so that they do not wait for each other.
 */
export class ReceiveMemory {
  readonly #maxBytes: number;
  #bytes = 0;
  /** The claim that may exceed the limit. */
  #exempt: MemoryClaim | undefined;
  /** The claims that wait, longest first. */
  readonly #waiting = new Set<MemoryClaim>();
  #isNotifying = false;

  constructor(maxBytes: number = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** The bytes of all claims. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Creates a claim. @param onRoom is called after {@link MemoryClaim.grow} has failed, when it may succeed */
  claim(onRoom: () => void): MemoryClaim {
    let bytes = 0;
    const claim: MemoryClaim = {
      grow: (size) => {
        const total = this.#bytes - bytes + size;
        if (total > this.#maxBytes && this.#exempt !== undefined && this.#exempt !== claim) {
          this.#waiting.add(claim);
          return false;
        }
        if (total > this.#maxBytes) this.#exempt = claim;
        this.#waiting.delete(claim);
        this.#bytes = total;
        bytes = size;
        return true;
      },
      release: () => {
        this.#waiting.delete(claim);
        if (this.#exempt === claim) this.#exempt = undefined;
        this.#bytes -= bytes;
        bytes = 0;
        this.#notify();
      },
      onRoom,
    };
    return claim;
  }

  /** Lets the claims that wait try again, but not within the call that has released memory. */
  #notify(): void {
    if (this.#isNotifying || this.#waiting.size === 0) return;
    this.#isNotifying = true;
    setImmediate(() => {
      this.#isNotifying = false;
      for (const claim of new Set(this.#waiting)) claim.onRoom();
    });
  }
}

/** The memory of the incomplete message of one connection. */
export interface MemoryClaim {
  /** Changes its size. Returns `false` if there is no room now: the connection must stop reading until `onRoom`. */
  grow(size: number): boolean;
  /** Sets its size to 0. It can grow again. */
  release(): void;
  readonly onRoom: () => void;
}
