/** A string builder with a maximum length: further text is dropped. */
export class BoundedText {
  readonly #maxLength: number;
  #text = "";
  #isFull = false;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Whether text was dropped: writing more has no effect. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Whether nothing was added. */
  get isEmpty(): boolean {
    return this.#text === "";
  }

  /** Adds text, or the part of it that fits. */
  add(piece: string): void {
    if (this.#isFull) return;
    const room = this.#maxLength - this.#text.length;
    this.#isFull = piece.length > room;
    this.#text += this.#isFull ? withoutHalfPair(piece.slice(0, room)) : piece;
  }

  /** Adds a JSON string literal. */
  addQuoted(piece: string): void {
    // Cut first, because the rest would be dropped anyway, and strings may be huge.
    this.add(JSON.stringify(piece.slice(0, this.#maxLength + 1)));
  }

  /** The text, which ends with `…` if some was dropped. */
  toString(): string {
    return this.#isFull ? `${this.#text}…` : this.#text;
  }
}

/** Removes the first half of a surrogate pair at the end. */
function withoutHalfPair(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}
