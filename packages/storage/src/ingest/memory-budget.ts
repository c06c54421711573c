/** The part of the memory that is divided among the shares. The rest is for whoever needs it. */
const RESERVED = 1 / 2;

/** The memory of one partition. */
export interface MemoryShare {
  /** Bytes in use. */
  readonly bytes: number;
  readonly isExceeded: boolean;
  add(bytes: number): void;
  release(bytes: number): void;
  /** Settles when there is room. */
  room(): Promise<void>;
}

/**
 * Memory for several partitions. Each has a reserved share, so that a partition which cannot commit does not keep the
 * others from reading.
 */
export class MemoryBudget {
  readonly #sharedBytes: number;
  readonly #reservedBytes: number;
  /** The bytes beyond the reserved ones. */
  #sharedInUse = 0;
  #bytes = 0;
  #isClosed = false;
  #waiting: (() => void)[] = [];

  /** @param shares the number of partitions */
  constructor(maxBytes: number, shares: number) {
    this.#reservedBytes = (maxBytes * RESERVED) / shares;
    this.#sharedBytes = maxBytes * (1 - RESERVED);
  }

  /** Bytes in use. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The memory of one more partition. */
  share(): MemoryShare {
    let bytes = 0;
    const change = (difference: number): void => {
      const beyond = (): number => Math.max(0, bytes - this.#reservedBytes);
      this.#sharedInUse -= beyond();
      bytes += difference;
      this.#bytes += difference;
      this.#sharedInUse += beyond();
    };
    const isExceeded = (): boolean =>
      !this.#isClosed && bytes > this.#reservedBytes && this.#sharedInUse > this.#sharedBytes;
    return {
      get bytes() {
        return bytes;
      },
      get isExceeded() {
        return isExceeded();
      },
      add: change,
      release: (released) => {
        change(-released);
        this.#resume();
      },
      room: async () => {
        while (isExceeded()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      },
    };
  }

  /** Lets all callers continue, and makes later ones not wait. */
  close(): void {
    this.#isClosed = true;
    this.#resume();
  }

  #resume(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}
