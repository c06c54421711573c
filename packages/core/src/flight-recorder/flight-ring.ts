import { tuidText } from "../batch/tuid.ts";
import { Fifo } from "../collections/fifo.ts";
import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import { storeKey } from "../rrd/encode/store-id.ts";
import { RetainedMessages } from "../sink/retained-messages.ts";
import { KeptValues } from "./kept-values.ts";
import { LeftOut, type LeftOutData } from "./left-out.ts";
import { VideoGroups, type FrameFacts } from "./video-groups.ts";
import type { IsKeyframe } from "./video-frames.ts";

/** A message that arrived within the time of the recorder. */
export interface WindowMessage {
  readonly message: EncodedMessage;
  /** When it arrived, on the clock of `performance.now`. */
  readonly at: number;
  /** `undefined` for other data than frames, and for frames whose key frames are unknown. */
  readonly frames: FrameFacts | undefined;
}

/** Rows that had to leave the window before their time. */
interface EarlyRows {
  readonly at: number;
  readonly store: string;
  rows: number;
  bytes: number;
}

/** Options of a {@link FlightRing}. */
export interface FlightRingOptions {
  readonly maxBytes: number;
  readonly isKeyframe: IsKeyframe;
}

/** The share of the limit that the window keeps, however large the values from before it are. */
const WINDOW_PART = 0.25;
/** The most recordings. Above it, the values of the oldest one without a message in the window are forgotten. */
const MAX_STORES = 1000;
/** Latest values are not reduced to single rows below this size. */
const COMPACT_BYTES = 256 * 1024;

/**
 * The newest messages of recordings, within a time and a number of bytes, and what they need from before: layouts,
 * static values, latest values, and groups of pictures.
 *
 * If the limit of bytes is reached, the oldest messages leave the window first, down to a quarter of the limit. Then
 * the largest groups of pictures go, then the largest latest values, then the largest static values.
 */
export class FlightRing {
  readonly #maxBytes: number;
  readonly #window = new Fifo<WindowMessage>();
  #windowBytes = 0;
  readonly latest: KeptValues = new KeptValues();
  readonly groups: VideoGroups;
  readonly leftOut: LeftOut = new LeftOut();
  readonly #layouts: RetainedMessages;
  #layoutBytes = 0;
  readonly #infos = new Map<string, EncodedMessage>();
  /** The stores of closed recordings, which are forgotten with their last message. */
  readonly #closed = new Set<string>();
  /** The static chunks in the window. */
  readonly #staticIds = new Set<string>();
  /** The number of messages of each store in the window. */
  readonly #counts = new Map<string, number>();
  /** The size of the latest values from which on they are reduced to single rows. */
  #compactAt = COMPACT_BYTES;
  /** Rows that had to leave the window before their time, by store and second. */
  readonly #early = new Fifo<EarlyRows>();

  constructor({ maxBytes, isKeyframe }: FlightRingOptions) {
    this.#maxBytes = maxBytes;
    this.groups = new VideoGroups(isKeyframe);
    this.#layouts = new RetainedMessages(maxBytes * WINDOW_PART);
  }

  /** The bytes of all messages. */
  get bytes(): number {
    return this.#windowBytes + this.latest.bytes + this.groups.bytes + this.#layoutBytes;
  }

  /** The messages of the window, oldest first. Valid until the next change. */
  get window(): readonly WindowMessage[] {
    return this.#window.items;
  }

  /** The newest layouts, in the order in which they must be sent. */
  get layouts(): readonly EncodedMessage[] {
    return this.#layouts.inOrder;
  }

  /** The stores of recordings, with the messages that open them. */
  get infos(): readonly EncodedMessage[] {
    return [...this.#infos.values()];
  }

  /** Everything of a store that a dump lacks. */
  leftOutOf(store: string): readonly LeftOutData[] {
    const early = this.#early.items.filter((entry) => entry.store === store);
    const rows = early.reduce((sum, entry) => sum + entry.rows, 0);
    const bytes = early.reduce((sum, entry) => sum + entry.bytes, 0);
    return [...(rows > 0 ? [{ entityPath: "/", what: "rows" as const, rows, bytes }] : []), ...this.leftOut.of(store)];
  }

  /** Takes a message. @param at the time, on the clock of `performance.now` */
  add(message: EncodedMessage, at: number): void {
    const { storeId, kind } = message;
    if (storeId.kind === "blueprint") return this.#addLayout(message);
    const store = storeKey(storeId);
    if (kind === "storeInfo") return this.#addStore(store, message);
    if (kind !== "chunk") return;
    this.#closed.delete(store);
    if (this.#isRepeated(message)) return;
    this.#counts.set(store, (this.#counts.get(store) ?? 0) + 1);
    this.#window.push({ message, at, frames: this.groups.framesOf(message) });
    this.#windowBytes += message.payload.byteLength;
    if (this.bytes > this.#maxBytes) this.#makeRoom();
  }

  /** A recording sends its static data again when its sinks change. */
  #isRepeated({ isStatic, chunkId, storeId }: EncodedMessage): boolean {
    if (!isStatic || chunkId === undefined) return false;
    const id = `${tuidText(chunkId)} ${storeKey(storeId)}`;
    if (this.#staticIds.has(id)) return true;
    this.#staticIds.add(id);
    return false;
  }

  #addStore(store: string, info: EncodedMessage): void {
    this.#infos.set(store, info);
    if (this.#infos.size <= MAX_STORES) return;
    const oldest = [...this.#infos.keys()].find((key) => !this.#counts.has(key));
    if (oldest !== undefined) this.#forget(oldest);
  }

  #addLayout(message: EncodedMessage): void {
    this.#layouts.add(message);
    this.#layoutBytes = this.layouts.reduce((sum, { payload }) => sum + payload.byteLength, 0);
  }

  /** Moves the messages that arrived before a time out of the window. */
  expire(before: number): void {
    for (let oldest = this.#window.first; oldest !== undefined && oldest.at < before; oldest = this.#window.first)
      this.#leave(oldest);
    while ((this.#early.first?.at ?? Infinity) < before) this.#early.shift();
    if (this.bytes > this.#maxBytes) this.#makeRoom();
  }

  /** Notes that a recording is closed: its values are forgotten when its last message leaves the window. */
  close(storeId: StoreId): void {
    const store = storeKey(storeId);
    if ((this.#counts.get(store) ?? 0) === 0) this.#forget(store);
    else this.#closed.add(store);
  }

  #makeRoom(): void {
    const least = this.#maxBytes * WINDOW_PART;
    while (this.bytes > this.#maxBytes && this.#windowBytes > least) this.#leaveEarly();
    if (this.bytes > this.#maxBytes) this.#compact();
    while (this.bytes > this.#maxBytes && this.#dropKept());
    while (this.bytes > this.#maxBytes && this.#window.length > 0) this.#leaveEarly();
  }

  #leaveEarly(): void {
    const oldest = this.#window.first;
    if (oldest === undefined) return;
    // Static values stay, wherever they are.
    if (!oldest.message.isStatic) this.#noteEarly(oldest);
    this.#leave(oldest);
  }

  #noteEarly({ at, message }: WindowMessage): void {
    const [store, rows, bytes] = [storeKey(message.storeId), message.manifest?.rows ?? 0, message.payload.byteLength];
    const last = this.#early.last;
    if (last?.store !== store || at - last.at >= 1000) return this.#early.push({ at, store, rows, bytes });
    last.rows += rows;
    last.bytes += bytes;
  }

  /** Moves the oldest message out of the window, into the values that are kept. */
  #leave({ message, frames }: WindowMessage): void {
    this.#window.shift();
    this.#windowBytes -= message.payload.byteLength;
    if (frames !== undefined) this.#keepFrames(message, frames);
    this.latest.add(message);
    this.leftOut.delete(message.isStatic ? "static values" : "latest values", message);
    if (this.latest.bytes > this.#compactAt) this.#compact();
    const store = storeKey(message.storeId);
    if (message.isStatic && message.chunkId !== undefined)
      this.#staticIds.delete(`${tuidText(message.chunkId)} ${store}`);
    const count = (this.#counts.get(store) ?? 1) - 1;
    if (count > 0) return void this.#counts.set(store, count);
    this.#counts.delete(store);
    if (this.#closed.has(store)) this.#forget(store);
  }

  #keepFrames(message: EncodedMessage, frames: FrameFacts): void {
    const isOfUse = this.groups.add(message, frames);
    if (isOfUse && frames.lastKeyRow >= 0) this.leftOut.delete("group of pictures", message);
  }

  /** Reduces the latest values to single rows. Each time, they may first double. */
  #compact(): void {
    this.latest.compact();
    this.#compactAt = Math.max(COMPACT_BYTES, this.latest.bytes * 2);
  }

  /** Drops the next of the values from before the window. Returns whether there was any. */
  #dropKept(): boolean {
    const group = this.groups.dropLargest();
    for (const message of group) this.leftOut.add("group of pictures", message);
    if (group.length > 0) return true;
    const message = this.latest.dropLargest();
    if (message === undefined) return false;
    this.leftOut.add(message.isStatic ? "static values" : "latest values", message);
    return true;
  }

  #forget(store: string): void {
    this.latest.forget(store);
    this.groups.forget(store);
    this.leftOut.forget(store);
    this.#infos.delete(store);
    this.#closed.delete(store);
  }
}
