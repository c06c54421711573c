import type { Change } from "./change.ts";

/** The most changes that wait for a program that iterates slowly. Above it the oldest are dropped. */
const MAX_WAITING = 10_000;

/** The changes of controls, for loops: each loop gets all changes from its start on. */
export class ChangeStream {
  readonly #loops = new Set<ChangeLoop>();
  #isEnded = false;

  push(change: Change): void {
    for (const loop of this.#loops) loop.push(change);
  }

  /** Whether a loop reads the changes. */
  get isRead(): boolean {
    return this.#loops.size > 0;
  }

  /** Ends all loops. */
  end(): void {
    this.#isEnded = true;
    for (const loop of this.#loops) loop.end();
  }

  changes(): AsyncGenerator<Change, void, undefined> {
    const loop = new ChangeLoop();
    if (this.#isEnded) loop.end();
    else this.#loops.add(loop);
    return this.#iterate(loop);
  }

  async *#iterate(loop: ChangeLoop): AsyncGenerator<Change, void, undefined> {
    try {
      for (;;) {
        const change = await loop.next();
        if (change === undefined) return;
        yield change;
      }
    } finally {
      this.#loops.delete(loop);
    }
  }
}

/** One loop over changes. */
class ChangeLoop {
  readonly #waiting: Change[] = [];
  #wake: () => void = () => {};
  #isEnded = false;

  push(change: Change): void {
    this.#waiting.push(change);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** The next change, or `undefined` after the last. */
  async next(): Promise<Change | undefined> {
    while (this.#waiting.length === 0 && !this.#isEnded) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#waiting.shift();
  }
}
