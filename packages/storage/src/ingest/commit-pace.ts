/** The most seconds that may be saved, for small commits that follow each other directly. */
const BURST = 8;
/** So much new data is worth a second: clients with much of it need room, and wait for no other reason. */
const BYTES_PER_SECOND = 256 * 1024;
/** So much repeated static data costs a second. */
const STATIC_BYTES_PER_SECOND = 4 * 1024 * 1024;

/**
 * Limits the commits for which producers ask. Each costs a request and a part, with all static data of its recording:
 * a client that asks for every row could fill the storage with parts. Some follow each other directly, and then one a
 * second, or as the ingester is told, and fewer with much static data. All who ask in between share the next one.
 */
export class CommitPace {
  readonly #secondsEach: number;
  /** Seconds that were not used, or, below 0, that are owed. */
  #credit = BURST;
  #at = performance.now();

  /** @param secondsEach the seconds that a small commit costs */
  constructor(secondsEach: number) {
    this.#secondsEach = secondsEach;
  }

  /** The time in milliseconds until a commit of so many bytes may be made. */
  waitMs(bytes: number): number {
    this.#earn();
    return Math.max(0, -1000 * (this.#credit + bytes / BYTES_PER_SECOND));
  }

  /** Counts a commit, with the bytes of its new data and those of the static data that it repeats. */
  spend(bytes: number, staticBytes: number): void {
    this.#earn();
    const cost = this.#secondsEach + staticBytes / STATIC_BYTES_PER_SECOND;
    this.#credit -= Math.max(0, cost - bytes / BYTES_PER_SECOND);
  }

  #earn(): void {
    const now = performance.now();
    this.#credit = Math.min(BURST, this.#credit + (now - this.#at) / 1000);
    this.#at = now;
  }
}
