/** Items in order, which can only be removed all together. */
export class List<Item> {
  #items: Item[] = [];

  get length(): number {
    return this.#items.length;
  }

  /** All items, oldest first. Valid until the next change. */
  get items(): readonly Item[] {
    return this.#items;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Removes and returns all items. */
  takeAll(): Item[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }
}
