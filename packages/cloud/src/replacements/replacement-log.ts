import { createObject } from "../store/create-object.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { InParallel } from "../store/in-parallel.ts";
import { DamagedObject } from "../store/stored-json.ts";
import { decodeReplacement, encodeReplacement, type MadePart, type Replacement } from "./replacement.ts";
import { madePartsPrefix, replacementKey } from "./replacement-keys.ts";

/** Number of replacements in memory that have no effect yet, because earlier ones are missing. */
const AT_ONCE = 256;

/** The effect of the replacements of a recording: which parts count instead of which. */
export class ReplacementLog {
  /** The number of the next replacement, as far as is known. */
  next = 1;
  /** The parts that count although they are in no list, by their keys. */
  readonly made: Map<string, MadePart> = new Map();
  /** The keys of the parts that do not count any more, with the number of the replacement. */
  readonly removed: Map<string, number> = new Map();
  readonly #times = new Map<number, Date>();
  readonly #store: Pick<ObjectStore, "list" | "read">;
  readonly #dataset: string;
  readonly #recordingId: string;

  constructor(store: Pick<ObjectStore, "list" | "read">, dataset: string, recordingId: string) {
    this.#store = store;
    this.#dataset = dataset;
    this.#recordingId = recordingId;
  }

  /** The time of a replacement by the clock of the store, if the store reports times and has listed it. */
  timeOf(number: number): Date | undefined {
    return this.#times.get(number);
  }

  /** Adds the times of listed replacements. */
  addTimes(times: ReadonlyMap<number, Date | undefined>): void {
    for (const [number, time] of times) if (time !== undefined) this.#times.set(number, time);
  }

  /**
   * Reads the replacements up to a number, several at once. Those before the first that cannot be read have effect.
   *
   * @throws {RerunError} `NOT_FOUND` if one is missing, `INVALID_FORMAT` if it is unclear which parts it has replaced
   */
  async readThrough(last: number, reading: InParallel, signal: AbortSignal | undefined): Promise<void> {
    for (let first = this.next; first <= last; first += AT_ONCE) {
      const count = Math.min(AT_ONCE, last - first + 1);
      const read = Array.from({ length: count }, (_, index) => {
        const reply = reading.run(() => this.#readOrPass(first + index, signal));
        // Handled below, after those before it.
        reply.catch(() => {});
        return reply;
      });
      for (const [index, reply] of read.entries()) {
        const replacement = await reply;
        // Another call may have been faster.
        if (first + index === this.next) this.#apply(replacement);
      }
    }
  }

  /**
   * Appends a replacement with the number {@link next}. Returns whether the replacement is in the log now. If not,
   * another one has the number, and was read.
   */
  async append(
    store: Pick<ObjectStore, "create">,
    replacement: Replacement,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const key = replacementKey(this.#dataset, this.#recordingId, this.next);
    if (await createObject(store, key, encodeReplacement(replacement), { signal })) {
      this.#apply(replacement);
      return true;
    }
    const found = await this.#read(this.next, signal);
    this.#apply(found);
    // An earlier attempt may have arrived, although its response was lost.
    return found.owner === replacement.owner;
  }

  async #read(number: number, signal: AbortSignal | undefined): Promise<Replacement> {
    const key = replacementKey(this.#dataset, this.#recordingId, number);
    return decodeReplacement(await this.#store.read(key, { signal }), key);
  }

  /**
   * Reads a replacement. A damaged one has no effect if it cannot have named a part that is there: what it has removed
   * may count again. With such a part, its data could be lost, or be there twice.
   */
  async #readOrPass(number: number, signal: AbortSignal | undefined): Promise<Replacement> {
    try {
      return await this.#read(number, signal);
    } catch (error) {
      if (!(error instanceof DamagedObject)) throw error;
      const prefix = madePartsPrefix(this.#dataset, this.#recordingId, number);
      for await (const _ of this.#store.list(prefix, { signal })) throw error;
      return { owner: "", adds: [], removes: [] };
    }
  }

  #apply({ adds, removes }: Replacement): void {
    for (const key of removes) {
      this.made.delete(key);
      this.removed.set(key, this.next);
    }
    for (const part of adds) this.made.set(part.key, part);
    this.next++;
  }
}
