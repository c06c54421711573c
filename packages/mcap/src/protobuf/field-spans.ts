/** The places of the values of a field in a message. */
export class FieldSpans {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #wireTypes: number[] = [];

  /** The number of values. */
  get size(): number {
    return this.#starts.length;
  }

  add(start: number, end: number, wireType: number): void {
    this.#starts.push(start);
    this.#ends.push(end);
    this.#wireTypes.push(wireType);
  }

  clear(): void {
    if (this.#starts.length === 0) return;
    this.#starts.length = 0;
    this.#ends.length = 0;
    this.#wireTypes.length = 0;
  }

  start(index: number): number {
    return this.#starts[index] as number;
  }

  end(index: number): number {
    return this.#ends[index] as number;
  }

  wireType(index: number): number {
    return this.#wireTypes[index] as number;
  }
}
