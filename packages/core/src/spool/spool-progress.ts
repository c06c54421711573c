/** Numbers the messages of a spool, and counts the bytes that were neither acknowledged nor dropped. */
export class SpoolProgress {
  #newestId = 0;
  #passedId = 0;
  #pendingBytes = 0;
  #acknowledgedBytes = 0;

  /** Id of the newest message. */
  get newestId(): number {
    return this.#newestId;
  }

  /** Id of the newest message that was passed on. */
  get passedId(): number {
    return this.#passedId;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  get acknowledgedBytes(): number {
    return this.#acknowledgedBytes;
  }

  /** Whether everything so far was passed on, so that the next message may be, too. */
  get isCaughtUp(): boolean {
    return this.#passedId === this.#newestId;
  }

  /** Counts a message or a segment, and returns its id. */
  add(bytes: number): number {
    this.addBytes(bytes);
    return ++this.#newestId;
  }

  /** Counts a message without an id, which is one of the retained state. */
  addBytes(bytes: number): void {
    this.#pendingBytes += bytes;
  }

  /** Messages up to this id were passed on. */
  pass(id: number): void {
    this.#passedId = id;
  }

  acknowledge(bytes: number): void {
    this.#acknowledgedBytes += bytes;
    this.remove(bytes);
  }

  /**
   * Counts bytes as delivered or dropped. Segments of earlier programs include frames, so `bytes` may exceed the count.
   */
  remove(bytes: number): void {
    this.#pendingBytes = Math.max(0, this.#pendingBytes - bytes);
  }

  /** Everything was acknowledged. */
  clear(): void {
    this.#pendingBytes = 0;
  }
}
