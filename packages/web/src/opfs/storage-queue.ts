import type { AppendedItem, ToStorage } from "./storage-protocol.ts";
import { Fifo } from "@rerun-ts/core/util";

/** The share that a full queue frees each time, so that not every message needs a search. */
const FREED_PART = 0.125;

/** A message for the worker: data, or a control message, which takes no room and is never dropped. */
export type QueuedEntry = { readonly item: AppendedItem } | { readonly control: ToStorage };

/** Messages of a page for the worker of a storage, in order, and within a number of bytes. */
export class StorageQueue {
  /** The bytes of the data. */
  bytes = 0;
  readonly #maxBytes: number;
  readonly #entries = new Fifo<QueuedEntry>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get first(): QueuedEntry | undefined {
    return this.#entries.first;
  }

  push(entry: QueuedEntry): void {
    this.#entries.push(entry);
    this.bytes += bytesOf(entry);
  }

  shift(): QueuedEntry | undefined {
    const entry = this.#entries.shift();
    if (entry !== undefined) this.bytes -= bytesOf(entry);
    return entry;
  }

  /** Removes and returns the oldest data that must leave the queue to make room for `bytes`. */
  makeRoom(bytes: number): readonly AppendedItem[] {
    if (this.bytes + bytes <= this.#maxBytes) return [];
    const goal = Math.max(0, Math.min(this.#maxBytes - bytes, this.#maxBytes * (1 - FREED_PART)));
    const dropped: AppendedItem[] = [];
    for (const entry of this.#entries.takeAll()) {
      const isData = "item" in entry && entry.item.message.retentionKey === undefined;
      if (isData && this.bytes > goal) {
        dropped.push(entry.item);
        this.bytes -= bytesOf(entry);
      } else this.#entries.push(entry);
    }
    return dropped;
  }

  /** Removes and returns everything. */
  takeAll(): readonly QueuedEntry[] {
    this.bytes = 0;
    return this.#entries.takeAll();
  }
}

function bytesOf(entry: QueuedEntry): number {
  return "item" in entry ? entry.item.message.payload.byteLength : 0;
}
