/** How many removed items may remain before the array is compacted. */
const MAX_REMOVED = 1024;

/** A first-in, first-out list in one array: adding and removing take constant time on average, for any length. */
export class Fifo<Item> {
  #items: (Item | undefined)[] = [];
  /** The index of the oldest item. */
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The oldest item. */
  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  /** The newest item. */
  get last(): Item | undefined {
    return this.length === 0 ? undefined : this.#items.at(-1);
  }

  /** All items, oldest first; valid until the next change. */
  get items(): readonly Item[] {
    this.#compact();
    return this.#items as Item[];
  }

  /** The position of an item, oldest first; -1 if it is not in the list. */
  indexOf(item: Item): number {
    const index = this.#items.indexOf(item, this.#head);
    return index < 0 ? -1 : index - this.#head;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Removes and returns the oldest item. */
  shift(): Item | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head > MAX_REMOVED && this.#head * 2 > this.#items.length) this.#compact();
    return item;
  }

  /** Removes and returns all items. */
  takeAll(): Item[] {
    const items = this.items;
    this.#items = [];
    return items as Item[];
  }

  #compact(): void {
    if (this.#head === 0) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
