/** The number of ids that are remembered. */
const MAX_IDS = 20_000;

/** Remembers the last ids, so that no action is executed twice. */
export class ActionIds {
  #newer = new Set<string>();
  #older = new Set<string>();

  /** Adds an id. Returns whether it is new. */
  add(id: string): boolean {
    if (this.#newer.has(id) || this.#older.has(id)) return false;
    this.#newer.add(id);
    if (this.#newer.size < MAX_IDS / 2) return true;
    this.#older = this.#newer;
    this.#newer = new Set();
    return true;
  }
}
