import type { RelayMessageKind } from "./grpc/log-msg.ts";
import type { RelayMessage } from "./relay-message.ts";
import { RetainedVideos } from "./retained-videos.ts";
import { StaticKeys } from "./static-keys.ts";
import type { RelayStore } from "./relay-store.ts";

/** The retention of a message: permanent, evicted last (static data), or evicted first (data with time, and tables). */
export type RetentionClass = "persistent" | "static" | "disposable";

/** The least limit of the persistent messages, even if the limit of the history is smaller. */
const MIN_PERSISTENT_BYTES = 64 * 1024 * 1024;

/** Interval of searches for messages that make room for persistent ones, because a search takes time. */
const LOOK_FOR_ROOM_MS = 1000;

/** The share of the limit that new static data must have before data is searched that it replaces. */
const SEARCHED_PART = 1 / 32;

/** A linked list of the messages of one retention class, oldest first. */
export class MessageChain {
  first: RelayMessage | undefined;
  last: RelayMessage | undefined;
  count = 0;
  bytes = 0;

  push(message: RelayMessage): void {
    if (this.last === undefined) this.first = message;
    else this.last.nextOfClass = message;
    message.previousOfClass = this.last;
    this.last = message;
    this.count++;
    this.bytes += message.size;
  }

  *[Symbol.iterator](): Generator<RelayMessage, void, undefined> {
    for (
      let message = this.first;
      message !== undefined;
      message = message === this.last ? undefined : message.nextOfClass
    )
      yield message;
  }

  /** Removes the messages that do not fulfil the condition, and returns them. Readers may still be at them. */
  keep(isKept: (message: RelayMessage) => boolean): RelayMessage[] {
    const removed: RelayMessage[] = [];
    const { last } = this;
    let next = this.first;
    [this.first, this.last, this.count, this.bytes] = [undefined, undefined, 0, 0];
    while (next !== undefined) {
      const message = next;
      next = message === last ? undefined : message.nextOfClass;
      message.previousOfClass = undefined;
      if (isKept(message)) this.push(message);
      else removed.push(message);
    }
    return removed;
  }

  /**
   * Removes and returns the oldest message, which keeps its link to the next one for readers that have not passed it.
   */
  shift(): RelayMessage | undefined {
    const message = this.first;
    if (message === undefined) return undefined;
    this.first = message === this.last ? undefined : message.nextOfClass;
    if (this.first === undefined) this.last = undefined;
    // Otherwise evicted messages would never become garbage.
    else this.first.previousOfClass = undefined;
    this.count--;
    this.bytes -= message.size;
    return message;
  }
}

/**
 * The messages that a relay retains for readers that connect later, within a limit in bytes. Messages that open stores
 * and blueprints are retained permanently. Of the rest, static data that newer data replaces is evicted first, then the
 * oldest data with time, then the oldest static data.
 *
 * Like Rerun's own server it evicts before it adds a message, and so may exceed the limit by one message. An evicted
 * message stays in memory only while a slow reader still refers to it. With the limit 0 nothing is retained. Frames of
 * a video whose key frame was evicted stay, but new readers do not receive them.
 */
export class History {
  readonly chains: Readonly<Record<RetentionClass, MessageChain>> = {
    persistent: new MessageChain(),
    static: new MessageChain(),
    disposable: new MessageChain(),
  };
  /** The position of the newest evicted message of data with time: all later ones are retained. */
  evictedPosition = 0;
  /** The total size of the evicted static data, in bytes. */
  evictedStaticBytes = 0;
  readonly #videos = new RetainedVideos(this.chains.static);
  readonly #limit: number;
  #lookedForRoomAt = -Infinity;
  readonly #staticKeys = new StaticKeys();
  /** The size of the static data since the last search for data that it replaces. */
  #newStaticBytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The size of the retained messages in bytes, including the overhead of each. */
  get bytes(): number {
    const { persistent, static: staticData, disposable } = this.chains;
    return persistent.bytes + staticData.bytes + disposable.bytes;
  }

  /** The number of retained messages. */
  get count(): number {
    const { persistent, static: staticData, disposable } = this.chains;
    return persistent.count + staticData.count + disposable.count;
  }

  /** Whether messages are retained: the limit is not 0. */
  get isEnabled(): boolean {
    return this.#limit > 0;
  }

  /** Whether another persistent message may be retained. When memory is full, calls `isInUse` for each store. */
  hasPersistentRoom(isInUse: () => (store: RelayStore) => boolean): boolean {
    const { persistent } = this.chains;
    const limit = Math.max(this.#limit, MIN_PERSISTENT_BYTES);
    if (persistent.bytes <= limit) return true;
    const now = performance.now();
    if (now - this.#lookedForRoomAt < LOOK_FOR_ROOM_MS) return false;
    this.#lookedForRoomAt = now;
    const isStoreInUse = isInUse();
    for (const message of persistent.keep(({ store }) => store === undefined || isStoreInUse(store))) forget(message);
    return persistent.bytes <= limit;
  }

  /** A function that says which messages a new reader does not need, if some messages before them were evicted. */
  filter(): ((message: RelayMessage) => boolean) | undefined {
    return this.isEnabled && this.evictedPosition > 0 ? this.#videos.filter() : undefined;
  }

  /** Settles when {@link filter} can read videos, which takes a moment after something was evicted. */
  canReadVideos(): Promise<void> {
    return this.#videos.load();
  }

  /** Retains a message until it is evicted. */
  add(message: RelayMessage): void {
    if (!this.isEnabled) {
      this.evictedPosition = message.position;
      return;
    }
    this.#evict();
    message.isRetained = true;
    const retention = retentionClass(message);
    this.chains[retention].push(message);
    if (retention === "static") this.#newStaticBytes += message.size;
    const { store } = message;
    if (store === undefined) return;
    if (message.kind === "storeInfo") store.openedBy = message.logMsg;
    if (message.kind === "chunk" && message.chunkId !== "") store.chunkIds.add(message.chunkId);
  }

  #evict(): void {
    const { static: staticData, disposable } = this.chains;
    if (this.#newStaticBytes > this.#limit * SEARCHED_PART) this.#removeReplaced();
    while (this.bytes > this.#limit) {
      const temporal = disposable.shift();
      const message = temporal ?? staticData.shift();
      if (message === undefined) return;
      forget(message);
      if (temporal === undefined) this.evictedStaticBytes += message.size;
      else {
        if (this.evictedPosition === 0) void this.#videos.load();
        this.evictedPosition = message.position;
      }
    }
  }

  /** Removes static data that later data of the same entity and components replaces. */
  #removeReplaced(): void {
    const { static: staticData } = this.chains;
    this.#newStaticBytes = 0;
    const newest = this.#staticKeys.newestOf(staticData);
    for (const message of staticData.keep((one) => newest.has(one))) {
      forget(message);
      this.evictedStaticBytes += message.size;
    }
  }
}

/** Notes that a message is no longer retained, so it is not a duplicate if it arrives again. */
function forget(message: RelayMessage): void {
  message.isRetained = false;
  const { store } = message;
  store?.chunkIds.delete(message.chunkId);
  if (message.kind === "storeInfo" && store !== undefined) store.openedBy = undefined;
}

/** The retention class of a message. Everything that belongs to a blueprint is persistent. */
export function retentionClass({
  kind,
  isStatic,
  isBlueprint,
}: {
  readonly kind: RelayMessageKind;
  readonly isStatic: boolean;
  readonly isBlueprint: boolean;
}): RetentionClass {
  if (kind === "table") return "disposable";
  if (kind !== "chunk" || isBlueprint) return "persistent";
  return isStatic ? "static" : "disposable";
}
