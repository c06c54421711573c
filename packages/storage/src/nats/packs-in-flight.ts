import type { Pack } from "./pack.ts";
import { PackRanges, missingOf, type FlatRanges } from "../commits/pack-ranges.ts";
import { Fifo } from "@rerun-ts/core/util";

/** A pack that is not known to be committed. */
export interface PackInFlight {
  readonly pack: Pack;
  /** The number of the queue's messages in this pack, including the one that opens a store. */
  readonly messages: number;
  readonly bytes: number;
  /** Whether the pack must be sent, is being sent, or is in the stream. */
  state: "unsent" | "sending" | "stored";
  /** The number of attempts to send the pack. */
  attempts: number;
  /** The time at which the stream stored the pack. */
  storedAt: number;
  /** The sequence of the first message of the pack in the stream. */
  sequence: number;
  /** The number of attempts at the time of the last rejection, or 0 without a rejection. */
  rejectedAttempts: number;
  /** Whether the stream has stored the pack once, although it may have to be sent again. */
  wasStored: boolean;
}

/** The packs of a run that are not known to be committed, in the order of their numbers. */
export class PacksInFlight {
  /** The number of the next message. */
  next: number;
  readonly #packs = new Fifo<PackInFlight>();
  readonly #committed = new PackRanges();
  /** The oldest packs that were stored, their messages and bytes. */
  #storedPacks = 0;
  #storedMessages = 0;
  #storedBytes = 0;

  constructor(first: number) {
    this.next = first;
  }

  get isEmpty(): boolean {
    return this.#packs.length === 0;
  }

  /** The packs, oldest first. Valid until the next change. */
  get items(): readonly PackInFlight[] {
    return this.#packs.items;
  }

  add(pack: Pack, messages: number, bytes: number): PackInFlight {
    const added: PackInFlight = {
      pack,
      messages,
      bytes,
      state: "unsent",
      attempts: 0,
      storedAt: 0,
      sequence: 0,
      rejectedAttempts: 0,
      wasStored: false,
    };
    this.#packs.push(added);
    this.next += pack.count;
    return added;
  }

  /** The messages at the front that were stored, and their bytes. */
  stored(): { readonly messages: number; readonly bytes: number } {
    const { items } = this;
    for (let pack = items[this.#storedPacks]; pack !== undefined; pack = items[this.#storedPacks]) {
      if (!pack.wasStored && !this.isCommitted(pack)) break;
      this.#storedPacks++;
      this.#storedMessages += pack.messages;
      this.#storedBytes += pack.bytes;
    }
    return { messages: this.#storedMessages, bytes: this.#storedBytes };
  }

  /** These packs are committed. Returns the number of messages at the front that are done. */
  commit(ranges: FlatRanges): number {
    for (let at = 0; at + 1 < ranges.length; at += 2) this.#committed.add(ranges[at] as number, ranges[at + 1]);
    let messages = 0;
    for (let pack = this.#packs.first; pack !== undefined; pack = this.#packs.first) {
      if (!this.isCommitted(pack)) break;
      this.#packs.shift();
      messages += pack.messages;
      if (this.#storedPacks > 0) {
        this.#storedPacks--;
        this.#storedMessages -= pack.messages;
        this.#storedBytes -= pack.bytes;
      }
    }
    return messages;
  }

  isCommitted({ pack }: PackInFlight): boolean {
    return missingOf(this.#committed, pack).length === 0;
  }
}
