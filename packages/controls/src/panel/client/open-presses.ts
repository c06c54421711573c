/** The most presses without an answer. */
const MAX_PRESSES = 100;

/** A press without a final answer. */
export interface OpenPress {
  readonly program: string;
  readonly name: string;
  readonly sentAt: number;
  /** Whether the program has received it. */
  isReceived: boolean;
}

/**
 * The presses, clicks and keys that a panel has sent, until the program has said what became of them. They are never
 * sent again: if the connection ends before the answer, their outcome is unknown.
 */
export class OpenPresses {
  readonly #presses = new Map<string, OpenPress>();

  /** Whether there are too many to send another. */
  get isFull(): boolean {
    return this.#presses.size >= MAX_PRESSES;
  }

  add(id: string, program: string, name: string): void {
    this.#presses.set(id, { program, name, sentAt: performance.now(), isReceived: false });
  }

  /** Takes an answer. Returns the press, or `undefined` if it is not known. */
  answer(id: string, isFinal: boolean): OpenPress | undefined {
    const press = this.#presses.get(id);
    if (press !== undefined) press.isReceived = true;
    if (isFinal) this.#presses.delete(id);
    return press;
  }

  /** Forgets the presses of a program, and returns them: nobody will tell their outcome. */
  giveUp(program: string): readonly OpenPress[] {
    const given = [...this.#presses].filter(([, press]) => press.program === program);
    for (const [id] of given) this.#presses.delete(id);
    return given.map(([, press]) => press);
  }

  /** Whether a program has not even received a press since a time. */
  isWaitingSince(program: string, time: number): boolean {
    return [...this.#presses.values()].some(
      (press) => press.program === program && !press.isReceived && press.sentAt < time,
    );
  }
}
