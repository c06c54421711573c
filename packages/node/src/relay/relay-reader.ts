import { retentionClass, type History, type MessageChain } from "./history.ts";
import type { AllowedStores } from "./http/access-grants.ts";
import type { Arrival, RelayMessage } from "./relay-message.ts";

/** The content that a reader receives. */
export type ReaderContent = "messages" | "tables";

/** The events that a {@link RelayReader} reports to its connection. */
export interface ReaderEvents {
  /** A message is available, or the reader has ended. Not called again before `take` has returned `undefined`. */
  onReady(): void;
  /** The reader was too slow and receives nothing more. */
  onDisconnected(reason: string): void;
}

/** The part of a chain that was retained when the reader connected and that the reader has yet to receive. */
interface Replay {
  message: RelayMessage | undefined;
  readonly last: RelayMessage | undefined;
  readonly isDisposable: boolean;
}

/**
 * The position of one reader in the messages of a relay: first in the retained ones (store infos and blueprints, static
 * data, data with time), then in those that arrive. It only refers to its next messages, so that a message which all
 * readers have passed and which was evicted is garbage. A connection takes messages whenever it can send; nothing is
 * queued for it.
 *
 * All of it runs in the thread of the relay. After `detach` or `disconnect` it returns no more messages.
 */
export class RelayReader {
  readonly events: ReaderEvents;
  readonly content: ReaderContent;
  readonly #allows: AllowedStores;
  /** The last message that the reader has received in the order of arrival, unless it is detached. */
  #live: Arrival | undefined;
  /** The retained messages that the reader has yet to receive, in the order of delivery. */
  readonly #replays: Replay[];
  /**
   * For readers that receive the newest data first: the next messages of the reversed chains, in the order of delivery.
   * Messages that are evicted meanwhile would come last, and are skipped.
   */
  #newest: RelayMessage[] = [];
  /** Says of retained messages with time whether this reader has no use for them. */
  readonly #isUseless: ((message: RelayMessage) => boolean) | undefined;
  /** The first message with time that was taken and not sent. */
  #held: RelayMessage | undefined;
  /** The size of the static data that had been evicted when the reader connected. */
  readonly #evictedStatic: number;
  /** Whether the connection is to be notified of the next message. */
  #isWaiting = true;
  /** Whether no more messages will arrive. The reader then ends once it has received all of them. */
  isEnding = false;
  /** Whether the reader was disconnected or has unsubscribed. */
  isDetached = false;

  /** @param tail the message that arrived last */
  constructor(
    history: History,
    tail: Arrival,
    {
      content,
      isNewestFirst,
      allows,
    }: { readonly content: ReaderContent; readonly isNewestFirst: boolean; readonly allows?: AllowedStores },
    events: ReaderEvents,
  ) {
    this.events = events;
    this.content = content;
    this.#allows = allows;
    this.#live = tail;
    this.#evictedStatic = history.evictedStaticBytes;
    const { persistent, static: staticData, disposable } = history.chains;
    const isUseless = content === "messages" ? history.filter() : undefined;
    // The filter needs the order of the messages.
    this.#isUseless = isNewestFirst && isUseless !== undefined ? among(disposable, isUseless) : isUseless;
    const inOrder = isNewestFirst ? [persistent] : [persistent, staticData, disposable];
    this.#replays = inOrder.map((chain) => replayOf(chain, chain === disposable));
    if (isNewestFirst) this.#newest = [staticData.last, disposable.last].filter((last) => last !== undefined);
  }

  /** Whether there are no messages left and none will arrive. */
  get isEnded(): boolean {
    return this.isDetached || (this.isEnding && !this.#hasMore);
  }

  /** Takes the next message. Without one, returns `undefined` and calls `onReady` when the next one arrives. */
  take(): RelayMessage | undefined {
    for (;;) {
      const message = this.isDetached ? undefined : this.#next();
      if (message === undefined) {
        this.#isWaiting = true;
        return undefined;
      }
      if ((message.kind === "table") === (this.content === "tables") && this.#mayRead(message)) return message;
    }
  }

  #mayRead({ store }: RelayMessage): boolean {
    return this.#allows === undefined || (store !== undefined && this.#allows(store.id));
  }

  /**
   * Keeps the messages from this one on in memory, because the connection has not sent them. `undefined`: all are sent.
   */
  hold(message: RelayMessage | undefined): void {
    this.#held = message !== undefined && retentionClass(message) === "disposable" ? message : undefined;
  }

  /** Notifies the connection, if it waits, that messages have arrived or that the relay ends. */
  wake(): void {
    if (!this.#isWaiting || this.isDetached) return;
    this.#isWaiting = false;
    this.events.onReady();
  }

  /**
   * The memory that this reader alone keeps in use: evicted messages that it has yet to receive, except for the first.
   */
  bytesBehind({ evictedPosition, evictedStaticBytes }: History): number {
    const oldest = this.#oldestNeeded;
    // The next message does not count, because even a message above the limit must reach readers.
    const temporal = oldest === undefined ? 0 : Math.max(0, evictedPosition - oldest.position);
    return temporal + (this.#replays.length > 0 ? evictedStaticBytes - this.#evictedStatic : 0);
  }

  /** Ends the reader immediately, and reports the reason. */
  disconnect(reason: string): void {
    this.detach();
    this.events.onDisconnected(reason);
  }

  /** Ends the reader and releases everything, without notifying the listener. */
  detach(): void {
    this.isDetached = true;
    // Code that still refers to this reader must not keep all later messages in memory.
    this.#live = undefined;
    this.#replays.length = 0;
    this.#newest = [];
    this.#held = undefined;
  }

  get #hasMore(): boolean {
    return (
      this.#replays.length > 0 || this.#live?.next !== undefined || this.#newest.some(({ isRetained }) => isRetained)
    );
  }

  get #oldestNeeded(): RelayMessage | undefined {
    let oldest = this.#held ?? this.#live?.next?.message;
    for (const { message, isDisposable } of this.#replays)
      if (isDisposable && message !== undefined && (oldest === undefined || message.position < oldest.position))
        oldest = message;
    return oldest;
  }

  #next(): RelayMessage | undefined {
    for (let replay = this.#replays[0]; replay !== undefined; replay = this.#replays[0]) {
      const { message, last, isDisposable } = replay;
      // Compares positions, because the last message may have left the chain since.
      const isOver = message === undefined || last === undefined || message.position > last.position;
      if (isOver || message === last) this.#replays.shift();
      else replay.message = message.nextOfClass;
      if (!isOver && !(isDisposable && this.#isUseless?.(message) === true)) return message;
    }
    const next = this.#live?.next;
    if (next === undefined) return this.#nextOfNewest();
    this.#live = next;
    return next.message;
  }

  #nextOfNewest(): RelayMessage | undefined {
    for (let [message] = this.#newest; message !== undefined; [message] = this.#newest) {
      const { previousOfClass, isRetained } = message;
      if (isRetained && previousOfClass !== undefined) this.#newest[0] = previousOfClass;
      else this.#newest.shift();
      if (isRetained && this.#isUseless?.(message) !== true) return message;
    }
    return undefined;
  }
}

/** A function that says of the messages of a chain, in any order, what a function says of them in their order. */
function among(chain: MessageChain, isUseless: (message: RelayMessage) => boolean): (message: RelayMessage) => boolean {
  const useless = new Set([...chain].filter(isUseless));
  return (message) => useless.has(message);
}

function replayOf({ first, last }: MessageChain, isDisposable: boolean): Replay {
  return { message: first, last, isDisposable };
}
