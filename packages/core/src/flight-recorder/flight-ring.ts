import { tuidText } from "../batch/tuid.ts";
import { Fifo } from "../collections/fifo.ts";
import { getOrAdd } from "../collections/get-or-add.ts";
import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import { storeKey } from "../rrd/encode/store-id.ts";
import { RetainedMessages } from "../sink/retained-messages.ts";
import { EarlyRows } from "./early-rows.ts";
import { KeptStore, type Droppable } from "./kept-store.ts";
import type { IsKeyframe } from "./video-frames.ts";
import type { FrameFacts } from "./video-groups.ts";

/** A message that arrived within the time of the recorder. */
export interface WindowMessage {
  readonly message: EncodedMessage;
  /** When it arrived, on the clock of `performance.now`. */
  readonly at: number;
  /** `undefined` for other data than frames, and for frames whose key frames are unknown. */
  readonly frames: FrameFacts | undefined;
}

/** Options of a {@link FlightRing}. */
export interface FlightRingOptions {
  readonly maxBytes: number;
  readonly isKeyframe: IsKeyframe;
}

/** The share of the limit that the window keeps, however large the values from before it are. */
const WINDOW_PART = 0.25;
/** The share that is freed each time, of values that each take less than a small share. */
const FREED_PART = 0.125;
const SMALL_PART = 0.01;
/** The most recordings. Above it, the oldest one without a message in the window is forgotten. */
const MAX_STORES = 1000;

/**
 * The newest messages of recordings, within a time and a number of bytes, and what they need from before: layouts,
 * static values, latest values, and groups of pictures.
 *
 * If the limit of bytes is reached, the oldest messages leave the window first, down to a quarter of the limit. Then
 * the largest groups of pictures go, then the largest latest values, then the largest static values.
 */
export class FlightRing {
  readonly #options: FlightRingOptions;
  readonly #window = new Fifo<WindowMessage>();
  #windowBytes = 0;
  readonly #stores = new Map<string, KeptStore>();
  #keptBytes = 0;
  readonly #layouts: RetainedMessages;
  #layoutBytes = 0;
  readonly #early = new EarlyRows();
  /** The static chunks in the window. */
  readonly #staticIds = new Set<string>();

  constructor(options: FlightRingOptions) {
    this.#options = options;
    this.#layouts = new RetainedMessages(options.maxBytes * WINDOW_PART);
  }

  /** The bytes of all messages. */
  get bytes(): number {
    return this.#windowBytes + this.#keptBytes + this.#layoutBytes;
  }

  /** The messages of the window, oldest first. Valid until the next change. */
  get window(): readonly WindowMessage[] {
    return this.#window.items;
  }

  /** The newest layouts, in the order in which they must be sent. */
  get layouts(): readonly EncodedMessage[] {
    return this.#layouts.inOrder;
  }

  /** The recordings, by the keys of their stores. */
  get stores(): ReadonlyMap<string, KeptStore> {
    return this.#stores;
  }

  /** The rows of a store that had to leave the window before their time. */
  earlyRowsOf(store: string): { readonly rows: number; readonly bytes: number } {
    return this.#early.of(store);
  }

  /** Takes a message. @param at the time, on the clock of `performance.now` */
  add(message: EncodedMessage, at: number): void {
    const { storeId, kind } = message;
    if (storeId.kind === "blueprint") return this.#addLayout(message);
    const store = this.#storeOf(storeKey(storeId));
    if (kind === "storeInfo") store.info = message;
    if (kind !== "chunk" || this.#isRepeated(message)) return;
    store.isClosed = false;
    store.count++;
    this.#window.push({ message, at, frames: store.groups.framesOf(message) });
    this.#windowBytes += message.payload.byteLength;
    if (this.bytes > this.#options.maxBytes) this.#makeRoom();
  }

  /** Moves the messages that arrived before a time out of the window. */
  expire(before: number): void {
    for (let oldest = this.#window.first; oldest !== undefined && oldest.at < before; oldest = this.#window.first)
      this.#leave(oldest);
    this.#early.expire(before);
    if (this.bytes > this.#options.maxBytes) this.#makeRoom();
  }

  /** Notes that a recording is closed: it is forgotten with its last message in the window. */
  close(storeId: StoreId): void {
    const key = storeKey(storeId);
    const store = this.#stores.get(key);
    if (store === undefined) return;
    store.isClosed = true;
    if (store.count === 0) this.#forget(key);
  }

  #storeOf(key: string): KeptStore {
    const known = this.#stores.get(key);
    if (known !== undefined) return known;
    if (this.#stores.size >= MAX_STORES) {
      const oldest = [...this.#stores].find(([, { count }]) => count === 0);
      if (oldest !== undefined) this.#forget(oldest[0]);
    }
    return getOrAdd(this.#stores, key, () => new KeptStore(this.#options.isKeyframe));
  }

  /** A recording sends its static data again when its sinks change. */
  #isRepeated(message: EncodedMessage): boolean {
    const id = staticId(message);
    if (id === undefined) return false;
    if (this.#staticIds.has(id)) return true;
    this.#staticIds.add(id);
    return false;
  }

  #addLayout(message: EncodedMessage): void {
    this.#layouts.add(message);
    this.#layoutBytes = this.layouts.reduce((sum, { payload }) => sum + payload.byteLength, 0);
  }

  #makeRoom(): void {
    const { maxBytes } = this.#options;
    while (this.bytes > maxBytes && this.#windowBytes > maxBytes * WINDOW_PART) this.#leaveEarly();
    if (this.bytes > maxBytes) this.#compact();
    if (this.bytes > maxBytes) this.#dropKept();
    while (this.bytes > maxBytes && this.#window.length > 0) this.#leaveEarly();
    // The last message of the window may be larger than the limit.
    if (this.bytes > maxBytes) this.#dropKept();
  }

  #leaveEarly(): void {
    const oldest = this.#window.first;
    if (oldest === undefined) return;
    // Static values stay, wherever they are.
    if (!oldest.message.isStatic) this.#early.add(oldest.message, oldest.at);
    this.#leave(oldest);
  }

  /** Moves the oldest message out of the window, into the values that are kept. */
  #leave({ message, frames }: WindowMessage): void {
    this.#window.shift();
    this.#windowBytes -= message.payload.byteLength;
    const id = staticId(message);
    if (id !== undefined) this.#staticIds.delete(id);
    const key = storeKey(message.storeId);
    const store = this.#storeOf(key);
    this.#change(store, () => store.add(message, frames));
    store.count--;
    if (store.isClosed && store.count === 0) this.#forget(key);
  }

  #compact(): void {
    for (const store of this.#stores.values()) this.#change(store, () => store.compact());
  }

  /**
   * Drops values from before the window until there is room, and some more small ones, so that this is rarely needed.
   */
  #dropKept(): void {
    const { maxBytes } = this.#options;
    const goal = maxBytes * (1 - FREED_PART);
    const all = [...this.#stores.values()].flatMap((store) =>
      store.droppable().map((droppable): Droppable & { store: KeptStore } => ({ ...droppable, store })),
    );
    all.sort((a, b) => a.order - b.order || b.bytes - a.bytes);
    for (const { store, bytes, drop } of all) {
      if (this.bytes <= goal) return;
      if (this.bytes > maxBytes || bytes < maxBytes * SMALL_PART) this.#change(store, drop);
    }
  }

  /** Changes a store, and counts its bytes. */
  #change(store: KeptStore, change: () => void): void {
    const before = store.bytes;
    change();
    this.#keptBytes += store.bytes - before;
  }

  #forget(key: string): void {
    this.#keptBytes -= this.#stores.get(key)?.bytes ?? 0;
    this.#stores.delete(key);
  }
}

/** The id of a static chunk, and its store. */
function staticId({ isStatic, chunkId, storeId }: EncodedMessage): string | undefined {
  return isStatic && chunkId !== undefined ? `${tuidText(chunkId)} ${storeKey(storeId)}` : undefined;
}
