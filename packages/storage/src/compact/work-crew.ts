/** Limits parallel work by count and total weight. */
export class WorkCrew {
  readonly #most: number;
  readonly #mostWeight: number;
  readonly #running = new Set<Promise<void>>();
  #weight = 0;
  #failure: { readonly error: unknown } | undefined;

  /**
   * @param most the largest number of calls at a time
   * @param mostWeight the largest total weight. Heavier work runs alone
   */
  constructor(most: number, mostWeight: number) {
    this.#most = most;
    this.#mostWeight = mostWeight;
  }

  /**
   * Starts work as soon as the limits allow it. Resolves when the next work may be prepared.
   *
   * @throws the error of earlier work
   */
  async start(weight: number, work: () => Promise<void>): Promise<void> {
    await this.#until(() => this.#running.size < this.#most && this.#weight + weight <= this.#mostWeight);
    this.#throwFailure();
    this.#weight += weight;
    const running = work()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#weight -= weight;
        this.#running.delete(running);
      });
    this.#running.add(running);
    // So that nothing else is prepared meanwhile.
    await this.#until(() => this.#weight < this.#mostWeight);
  }

  /** Waits until a condition holds, or nothing runs. */
  async #until(isReached: () => boolean): Promise<void> {
    while (this.#running.size > 0 && !isReached()) await Promise.race(this.#running);
  }

  /** Settles when all work is done. @throws the error of earlier work */
  async end(): Promise<void> {
    await Promise.all(this.#running);
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
