/** Arrow's offsets: the beginnings of lists, growing. */
export class ListOffsets {
  #values = new Int32Array(17);
  #length = 0;

  /** The number of lists. */
  get length(): number {
    return this.#length;
  }

  /** One number more than there are lists. */
  get values(): Int32Array {
    return this.#values.subarray(0, this.#length + 1);
  }

  /** Ends a list. */
  push(end: number): void {
    if (this.#length + 1 === this.#values.length) {
      const grown = new Int32Array(this.#values.length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[++this.#length] = end;
  }

  /** Ends lists that all have a number of items. */
  pushMany(lists: number, count: number): void {
    let end = this.#values[this.#length] as number;
    for (let list = 0; list < lists; list++) this.push((end += count));
  }

  /** Removes all lists. @param isShared whether arrays share their memory, which is left to them */
  renew(isShared: boolean): void {
    if (isShared) this.#values = new Int32Array(Math.max(17, this.#length + 1));
    this.#length = 0;
  }

  /** Removes lists from the end. Returns how many values remain. */
  drop(length: number): number {
    this.#length = length;
    return this.#values[length] as number;
  }
}
