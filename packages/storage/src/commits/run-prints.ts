import type { EncodedMessage } from "@rerun-ts/core";

/** The prints of a run before a pack, and with it. */
export type PackPrints = readonly [before: number, after: number];

/** Prints as they are stored and announced: the number of the last message of a pack, and the print with it. */
export type FlatPrints = readonly number[];

/** The most prints of a run to remember, in packs. */
const MAX_PRINTS = 1000;

/** A message that may be in another pack of another program with the same number. */
type Printed = Pick<EncodedMessage, "chunkId" | "payload">;

/**
 * The print of a run with some more messages: 32 bits of the ids of all chunks so far. Two programs that go on from one
 * snapshot of a machine use the same numbers for other messages, and have other prints.
 */
export function printWith(before: number, messages: Iterable<Printed>): number {
  let print = before;
  const mix = (value: number): void => {
    print = Math.imul(print ^ value, 0x9e3779b1);
    print = (print ^ (print >>> 15)) >>> 0;
  };
  mix(1);
  for (const { chunkId: id, payload } of messages) {
    for (const word of [id?.timeHi, id?.timeLo, id?.incHi, id?.incLo]) mix((word ?? 0) | 0);
    mix(payload.byteLength);
  }
  // Zero stands for no print.
  return print === 0 ? 1 : print;
}

/** The prints at the ends of the newest packs of a run. */
export class RunPrints {
  readonly #prints = new Map<number, number>();

  constructor(prints: FlatPrints = []) {
    this.addAll(prints);
  }

  add(end: number, print: number): void {
    this.#prints.delete(end);
    this.#prints.set(end, print);
    for (const oldest of this.#prints.keys()) {
      if (this.#prints.size <= MAX_PRINTS) break;
      this.#prints.delete(oldest);
    }
  }

  addAll(prints: FlatPrints): void {
    for (let at = 0; at + 1 < prints.length; at += 2) this.add(prints[at] as number, prints[at + 1] as number);
  }

  /**
   * Whether a pack is of another program with the same run: the run had something else before, or in its place. Unknown
   * for packs without prints, and for those before the remembered ones.
   *
   * @param isKnown whether messages of the pack are known
   */
  differFrom(
    pack: { readonly number: number; readonly count: number; readonly prints?: PackPrints | undefined },
    isKnown: boolean,
  ): boolean {
    if (pack.prints === undefined || this.#prints.size === 0) return false;
    const [before, after] = pack.prints;
    const end = pack.number + pack.count - 1;
    const found = this.#prints.get(end);
    if (found !== undefined) return found !== after;
    const foundBefore = this.#prints.get(pack.number - 1);
    if (foundBefore !== undefined && foundBefore !== before) return true;
    // All packs of the run end elsewhere, so the known messages are others.
    return isKnown && end > Math.min(...this.#prints.keys());
  }

  toJSON(): FlatPrints {
    return [...this.#prints].flat();
  }
}

/** Whether a stored value is a list of prints. */
export function isFlatPrints(value: unknown): value is FlatPrints {
  return Array.isArray(value) && value.length % 2 === 0 && value.every(Number.isSafeInteger);
}
