import { RerunError } from "@rerun-ts/core";
import { finishesWithin } from "@rerun-ts/core/util";
import type { Chunk } from "../reading/chunk.ts";

/** The longest wait for a reader that has not begun: a program that reads one stream after the other would hang. */
const UNREAD_MS = 10_000;

/** A reader of a shared stream: the chunks for it, and its pending ones. */
interface Branch {
  /** The part of a chunk for this reader. `undefined` for none. */
  readonly select: (chunk: Chunk) => Chunk | undefined;
  readonly pending: Chunk[];
  hasBegun: boolean;
  isOver: boolean;
}

/**
 * One stream of chunks for several readers. Each chunk is read once. A reader that is ahead waits while another one has
 * `maxChunks` pending chunks. A reader may end early, and the end of the last one ends the stream.
 */
export class SharedChunks {
  readonly #call: string;
  readonly #source: AsyncIterator<Chunk>;
  readonly #maxChunks: number;
  readonly #branches: readonly Branch[];
  #isDone = false;
  /** The error of the source, which each reader gets. */
  #failure: { readonly error: unknown } | undefined;
  #reading: Promise<void> | undefined;
  /** Ends the waits of readers that are ahead. */
  #wake: (() => void)[] = [];

  /** @param call the name of the public function, for messages */
  constructor(
    call: string,
    source: AsyncIterable<Chunk>,
    selections: readonly ((chunk: Chunk) => Chunk | undefined)[],
    maxChunks: number,
  ) {
    this.#call = call;
    this.#source = source[Symbol.asyncIterator]();
    this.#maxChunks = maxChunks;
    this.#branches = selections.map((select) => ({ select, pending: [], hasBegun: false, isOver: false }));
  }

  /** The chunks of a reader. @throws {RerunError} `TIMEOUT` if it is ahead of a reader that does not begin */
  async *read(index: number): AsyncGenerator<Chunk, void, undefined> {
    const branch = this.#branches[index] as Branch;
    branch.hasBegun = true;
    try {
      while (true) {
        const chunk = branch.pending.shift();
        if (chunk !== undefined) {
          this.#notify();
          yield chunk;
        } else if (this.#failure !== undefined) throw this.#failure.error;
        else if (this.#isDone) return;
        else if (this.#slowest.length > 0) await this.#wait();
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

  /** The readers that others wait for. */
  get #slowest(): readonly Branch[] {
    return this.#branches.filter(({ pending }) => pending.length >= this.#maxChunks);
  }

  /** Waits for a change. */
  async #wait(): Promise<void> {
    const change = new Promise<void>((resolve) => this.#wake.push(resolve));
    if (this.#slowest.every(({ hasBegun }) => hasBegun)) return change;
    if (!(await finishesWithin(UNREAD_MS, change))) await this.#end();
  }

  /** Ends the stream for all readers, because one of them is not read. */
  async #end(): Promise<void> {
    const limit = `no more than \`maxChunks\` (${this.#maxChunks}) chunks wait for it`;
    const message = `the other stream of \`${this.#call}\` is not read, and ${limit}; read both at the same time, for example by \`Promise.all\``;
    this.#failure = { error: new RerunError("TIMEOUT", message) };
    this.#isDone = true;
    await this.#source.return?.();
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
