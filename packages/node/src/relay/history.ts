import type { RelayMessageKind } from "./log-msg.ts";
import type { RelayMessage } from "./relay-message.ts";

/** For how long a message is kept: for good, as long as it can be, or while there is room. */
export type RetentionClass = "persistent" | "static" | "disposable";

/** As much may be kept for good, even if the limit is smaller. */
const MIN_PERSISTENT_BYTES = 64 * 1024 * 1024;

/** Messages that are kept for as long, oldest first. */
export class MessageChain {
  first: RelayMessage | undefined;
  last: RelayMessage | undefined;
  count = 0;
  bytes = 0;

  push(message: RelayMessage): void {
    if (this.last === undefined) this.first = message;
    else this.last.nextOfClass = message;
    this.last = message;
    this.count++;
    this.bytes += message.size;
  }

  /** Takes the oldest one out. It still leads to the next: who reads slowly goes on from there. */
  shift(): RelayMessage | undefined {
    const message = this.first;
    if (message === undefined) return undefined;
    this.first = message === this.last ? undefined : message.nextOfClass;
    if (this.first === undefined) this.last = undefined;
    this.count--;
    this.bytes -= message.size;
    return message;
  }
}

/**
 * What a relay keeps for readers that come later, within a number of bytes. What opens stores and blueprints is kept for
 * good; of the rest the oldest data with time goes first, then the oldest without. As Rerun's own server it makes room
 * before it takes a message, and so may hold one message more than the limit says.
 */
export class History {
  readonly chains: Readonly<Record<RetentionClass, MessageChain>> = {
    persistent: new MessageChain(),
    static: new MessageChain(),
    disposable: new MessageChain(),
  };
  /** Up to where data with time has been given up: what of it came later is all here. */
  givenUp = 0;
  /** Bytes of data without time that have been given up. */
  givenUpStatic = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    const { persistent, static: fixed, disposable } = this.chains;
    return persistent.bytes + fixed.bytes + disposable.bytes;
  }

  get count(): number {
    const { persistent, static: fixed, disposable } = this.chains;
    return persistent.count + fixed.count + disposable.count;
  }

  /** Whether anything is kept at all. */
  get isKept(): boolean {
    return this.#limit > 0;
  }

  /** Whether there is no more room for what would be kept for good. */
  get isFullForGood(): boolean {
    return this.chains.persistent.bytes > Math.max(this.#limit, MIN_PERSISTENT_BYTES);
  }

  /** Keeps a message, as long as there is room for it. */
  add(message: RelayMessage): void {
    if (!this.isKept) {
      this.givenUp = message.position;
      return;
    }
    this.#makeRoom();
    message.isHeld = true;
    this.chains[retentionClass(message)].push(message);
    if (message.kind === "chunk" && message.chunkId !== "") message.store?.chunkIds.add(message.chunkId);
  }

  #makeRoom(): void {
    const { static: fixed, disposable } = this.chains;
    while (this.bytes > this.#limit) {
      const temporal = disposable.shift();
      const message = temporal ?? fixed.shift();
      if (message === undefined) return;
      message.isHeld = false;
      message.store?.chunkIds.delete(message.chunkId);
      if (temporal === undefined) this.givenUpStatic += message.size;
      else this.givenUp = message.position;
    }
  }
}

/** For how long a message is kept. */
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
