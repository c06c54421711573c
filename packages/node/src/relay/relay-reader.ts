import type { History, MessageChain } from "./history.ts";
import type { RelayMessage } from "./relay-message.ts";

/** What a reader wants to see. */
export type ReaderWants = "messages" | "tables";

/** What a {@link RelayReader} tells whoever passes its messages on. */
export interface ReaderEvents {
  /** There is something to take, or {@link RelayReader.isOver}. Not called again until everything was taken. */
  onReady(): void;
  /** The reader is too far behind, and gets nothing more. */
  onDropped(reason: string): void;
}

/** What of a chain was there when the reader came. */
interface Replay {
  message: RelayMessage | undefined;
  readonly last: RelayMessage | undefined;
  readonly isDisposable: boolean;
}

/**
 * Takes one reader through what is kept and then through what comes. It holds no messages, it only knows where it is:
 * messages that all readers have passed, and that are kept no more, are gone.
 */
export class RelayReader {
  readonly events: ReaderEvents;
  readonly wants: ReaderWants;
  /** The last message that came of which it has been told. */
  #live: RelayMessage;
  /** What was there when it came, in the order that it gets it. */
  readonly #replays: Replay[];
  /** With the newest first, what was there, oldest first. */
  readonly #newest: RelayMessage[] = [];
  /** What had been given up of the data without time when it came. */
  readonly #givenUpStatic: number;
  #isWaiting = true;
  /** Everything has come: when all is taken, that is the end. */
  isEnding = false;
  isDropped = false;

  /** @param tail the message that came last */
  constructor(
    { chains, givenUpStatic }: History,
    tail: RelayMessage,
    { wants, isNewestFirst }: { readonly wants: ReaderWants; readonly isNewestFirst: boolean },
    events: ReaderEvents,
  ) {
    this.events = events;
    this.wants = wants;
    this.#live = tail;
    this.#givenUpStatic = givenUpStatic;
    const { persistent, static: fixed, disposable } = chains;
    const inOrder = isNewestFirst ? [persistent] : [persistent, fixed, disposable];
    this.#replays = inOrder.map((chain) => replayOf(chain, chain === disposable));
    if (isNewestFirst) for (const chain of [disposable, fixed]) for (const one of allOf(chain)) this.#newest.push(one);
  }

  /** Whether everything was taken, and nothing more will come. */
  get isOver(): boolean {
    return this.isDropped || (this.isEnding && !this.#hasMore);
  }

  /** Takes the next message; with none left, `onReady` tells when there is one. */
  take(): RelayMessage | undefined {
    for (;;) {
      const message = this.isDropped ? undefined : this.#next();
      if (message === undefined) {
        this.#isWaiting = true;
        return undefined;
      }
      if ((message.kind === "table") === (this.wants === "tables")) return message;
    }
  }

  /** Something has come, or the end. */
  wake(): void {
    if (!this.#isWaiting || this.isDropped) return;
    this.#isWaiting = false;
    this.events.onReady();
  }

  /** How much is held for its sake only: what it still needs and the history has given up. At most that, to be exact. */
  bytesBehind({ givenUp, givenUpStatic }: History): number {
    const oldest = this.#oldestNeeded;
    const temporal = oldest === undefined ? 0 : Math.max(0, givenUp - oldest.position + oldest.size);
    const isReplaying = this.#replays.length > 0 || this.#newest.length > 0;
    return temporal + (isReplaying ? givenUpStatic - this.#givenUpStatic : 0);
  }

  /** Lets go of the oldest data where the newest comes first, which had least to expect. */
  skipGivenUp(): void {
    const kept = this.#newest.findIndex(({ isHeld }) => isHeld);
    this.#newest.splice(0, kept < 0 ? this.#newest.length : kept);
  }

  /** Ends it at once. */
  drop(reason: string): void {
    this.detach();
    this.events.onDropped(reason);
  }

  /** Lets go of everything, without a word. */
  detach(): void {
    this.isDropped = true;
    this.#replays.length = 0;
    this.#newest.length = 0;
  }

  get #hasMore(): boolean {
    return this.#replays.length > 0 || this.#newest.length > 0 || this.#live.next !== undefined;
  }

  get #oldestNeeded(): RelayMessage | undefined {
    let oldest = this.#newest[0] ?? this.#live.next;
    for (const { message, isDisposable } of this.#replays)
      if (isDisposable && message !== undefined && (oldest === undefined || message.position < oldest.position))
        oldest = message;
    return oldest;
  }

  #next(): RelayMessage | undefined {
    for (let replay = this.#replays[0]; replay !== undefined; replay = this.#replays[0]) {
      const { message, last } = replay;
      if (message === undefined || message === last) this.#replays.shift();
      else replay.message = message.nextOfClass;
      if (message !== undefined) return message;
    }
    const { next } = this.#live;
    if (next === undefined) return this.#newest.pop();
    this.#live = next;
    return next;
  }
}

function replayOf({ first, last }: MessageChain, isDisposable: boolean): Replay {
  return { message: first, last, isDisposable };
}

function* allOf({ first, last }: MessageChain): Generator<RelayMessage> {
  for (let message = first; message !== undefined; message = message === last ? undefined : message.nextOfClass)
    yield message;
}
