/** The failures of an ingester that have not ended yet. */
export class PresentFailures {
  /** The beginning and the last error of each failure, by its name, in the order of the beginnings. */
  readonly #failures = new Map<string, { readonly since: number; readonly error: Error }>();

  /** The beginning and the last error of the longest failure, or `undefined` without any. */
  get first(): { readonly since: number; readonly error: Error } | undefined {
    const [first] = this.#failures.values();
    return first;
  }

  failed(what: string, error: Error): void {
    this.#failures.set(what, { since: this.#failures.get(what)?.since ?? performance.now(), error });
  }

  succeeded(what: string): void {
    this.#failures.delete(what);
  }
}
