import type { Chunk } from "../reading/chunk.ts";

/** A reader of a shared stream: the chunks for it, and its pending ones. */
interface Branch {
  /** The part of a chunk for this reader. `undefined` for none. */
  readonly select: (chunk: Chunk) => Chunk | undefined;
  readonly pending: Chunk[];
  isOver: boolean;
}

/**
 * One stream of chunks for several readers. Each chunk is read once. A reader that is ahead waits while another one has
 * `maxChunks` pending chunks. A reader may end early, and the end of the last one ends the stream.
 */
export class SharedChunks {
  readonly #source: AsyncIterator<Chunk>;
  readonly #maxChunks: number;
  readonly #branches: readonly Branch[];
  #isDone = false;
  /** The error of the source, which each reader gets. */
  #failure: { readonly error: unknown } | undefined;
  #reading: Promise<void> | undefined;
  /** Ends the waits of readers that are ahead. */
  #wake: (() => void)[] = [];

  constructor(
    source: AsyncIterable<Chunk>,
    selections: readonly ((chunk: Chunk) => Chunk | undefined)[],
    maxChunks: number,
  ) {
    this.#source = source[Symbol.asyncIterator]();
    this.#maxChunks = maxChunks;
    this.#branches = selections.map((select) => ({ select, pending: [], isOver: false }));
  }

  /** The chunks of a reader. */
  async *read(index: number): AsyncGenerator<Chunk, void, undefined> {
    const branch = this.#branches[index] as Branch;
    try {
      while (true) {
        const chunk = branch.pending.shift();
        if (chunk !== undefined) {
          this.#notify();
          yield chunk;
        } else if (this.#failure !== undefined) throw this.#failure.error;
        else if (this.#isDone) return;
        else if (this.#branches.some(({ pending }) => pending.length >= this.#maxChunks)) await this.#change();
        else await (this.#reading ??= this.#next());
      }
    } finally {
      branch.isOver = true;
      branch.pending.length = 0;
      this.#notify();
      if (!this.#isDone && this.#branches.every(({ isOver }) => isOver)) {
        this.#isDone = true;
        await this.#source.return?.();
      }
    }
  }

  async #next(): Promise<void> {
    try {
      const { done, value } = await this.#source.next();
      if (done === true) this.#isDone = true;
      else {
        for (const { isOver, select, pending } of this.#branches) {
          const part = isOver ? undefined : select(value);
          if (part !== undefined) pending.push(part);
        }
      }
    } catch (error) {
      this.#isDone = true;
      this.#failure = { error };
    } finally {
      this.#reading = undefined;
      this.#notify();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
