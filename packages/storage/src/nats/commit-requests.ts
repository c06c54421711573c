/** The first and the longest delay between two requests to commit. */
const FIRST_MS = 100;
const LONGEST_MS = 2000;

/** Asks ingesters to commit, ever more rarely until they do. */
export class CommitRequests {
  #askedAt = -Infinity;
  #pauseMs = FIRST_MS;

  /** Asks soon again: somebody has begun to wait, or there was a commit. */
  reset(): void {
    this.#pauseMs = FIRST_MS;
  }

  /** Asks if it is time. Returns the time until the next request, in milliseconds. */
  ask(request: () => void): number {
    const now = performance.now();
    if (now - this.#askedAt >= this.#pauseMs) {
      request();
      this.#askedAt = now;
      this.#pauseMs = Math.min(LONGEST_MS, this.#pauseMs * 2);
    }
    return this.#askedAt + this.#pauseMs - now;
  }
}
