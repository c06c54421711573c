/**
 * A first-in, first-out list: adding and removing take constant time on average, for any length. New items are in one
 * array, and the oldest ones in another in reverse, so that both are changed at their ends.
 */
export class Fifo<Item> {
  /** The oldest items, newest first. */
  #front: Item[] = [];
  /** The items after them, oldest first. */
  #back: Item[] = [];

  get length(): number {
    return this.#front.length + this.#back.length;
  }

  /** The oldest item. */
  get first(): Item | undefined {
    return this.#front.at(-1) ?? this.#back[0];
  }

  /** The newest item. */
  get last(): Item | undefined {
    return this.#back.at(-1) ?? this.#front[0];
  }

  /** All items, oldest first. Valid until the next change. */
  get items(): readonly Item[] {
    if (this.#front.length > 0) this.#back = this.takeAll();
    return this.#back;
  }

  push(item: Item): void {
    this.#back.push(item);
  }

  /** Removes and returns the oldest item. */
  shift(): Item | undefined {
    if (this.#front.length === 0) {
      this.#front = this.#back;
      this.#front.reverse();
      this.#back = [];
    }
    return this.#front.pop();
  }

  /** Removes and returns all items. */
  takeAll(): Item[] {
    this.#front.reverse();
    const items = this.#front.concat(this.#back);
    this.#front = [];
    this.#back = [];
    return items;
  }
}
