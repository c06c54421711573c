/** The largest credit in seconds, for small commits that follow each other directly. */
const BURST = 8;
/** New data that earns one second of credit, so that large commits are not delayed. */
const BYTES_PER_SECOND = 256 * 1024;
/** Repeated static data that costs one second of credit. */
const STATIC_BYTES_PER_SECOND = 4 * 1024 * 1024;

/**
 * Limits the commits for which producers ask. Each costs a request and a part, with all static data of its recording:
 * a client that asks for every row could fill the storage with parts. A few commits may follow directly. Then there is
 * one in `secondsEach`, and fewer with much static data. Requests in between share the next commit.
 */
export class CommitPace {
  readonly #secondsEach: number;
  /** Unused seconds. Below 0: the seconds until the next small commit. */
  #credit = BURST;
  #at = performance.now();

  /** @param secondsEach the seconds that a small commit costs */
  constructor(secondsEach: number) {
    this.#secondsEach = secondsEach;
  }

  /** The time in milliseconds until a commit of this many bytes may be made. */
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
