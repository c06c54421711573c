import type { MessageArena } from "./message-arena.ts";
import type { RelayMessage } from "./relay-message.ts";

const EMPTY: Buffer = Buffer.alloc(0);

/**
 * Small messages that are adjacent in the memory of a receive. They use this memory until {@link settle} copies all of
 * them together, which takes a fraction of the time of separate copies.
 */
export class AdjacentMessages {
  readonly #arena: MessageArena;
  readonly #messages: RelayMessage[] = [];
  #memory: Buffer = EMPTY;
  #start = 0;
  #end = 0;

  constructor(arena: MessageArena) {
    this.#arena = arena;
  }

  /** Adds a message. Earlier ones are settled first, unless the message follows them in the same memory. */
  add(message: RelayMessage): void {
    if (message.memory !== this.#memory || message.start !== this.#end) {
      this.settle();
      [this.#memory, this.#start] = [message.memory, message.start];
    }
    this.#messages.push(message);
    this.#end = message.end;
  }

  /** Copies the messages into the arena, and releases the memory in which they were received. */
  settle(): void {
    if (this.#messages.length === 0) return;
    const { memory, start } = this.#arena.allocate(this.#end - this.#start);
    this.#memory.copy(memory, start, this.#start, this.#end);
    for (const message of this.#messages) message.move(memory, start - this.#start);
    this.#messages.length = 0;
    this.#memory = EMPTY;
    this.#end = 0;
  }
}
