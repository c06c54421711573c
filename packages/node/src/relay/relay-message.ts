import type { RelayMessageKind } from "./log-msg.ts";
import type { RelayStore } from "./relay-store.ts";

/** What a message takes besides its bytes, roughly: it counts as that much more. */
const OVERHEAD_BYTES = 512;

/** A message that came to a relay. Its bytes are shared by all readers, and never change. */
export class RelayMessage {
  readonly kind: RelayMessageKind;
  /** `undefined` for a table. */
  readonly store: RelayStore | undefined;
  /** Whether it is data without time, or no data at all. */
  readonly isStatic: boolean;
  /** A chunk's id as it stands in the message, one character for each byte; empty if it has none. */
  readonly chunkId: string;
  /** Where the bytes are, and those of its neighbours: messages that came one after the other stand so, as far as they can. */
  readonly memory: Buffer;
  /** Where its frame begins and ends there. */
  readonly start: number;
  readonly end: number;
  /** Where the `LogMsg` begins in it; of a table the whole message. */
  readonly bodyStart: number;
  /** How many bytes came up to and with it, with what each message takes besides. */
  position = 0;
  /** The message that came next. */
  next: RelayMessage | undefined;
  /** The one that came next of those that are kept for as long. */
  nextOfClass: RelayMessage | undefined;
  /** Whether late readers get it. */
  isHeld = false;

  constructor(place: MessagePlace, about: MessageAbout) {
    this.memory = place.memory;
    this.start = place.start;
    this.end = place.end;
    this.bodyStart = place.bodyStart;
    this.kind = about.kind;
    this.store = about.store;
    this.isStatic = about.isStatic;
    this.chunkId = about.chunkId;
  }

  /** Whether it belongs to a blueprint, and not to a recording. */
  get isBlueprint(): boolean {
    return this.store?.isBlueprint === true;
  }

  /** What it counts for. */
  get size(): number {
    return this.end - this.start + OVERHEAD_BYTES;
  }

  /** The message with gRPC's prefix, the same for all kinds of gRPC. */
  get frame(): Buffer {
    return this.memory.subarray(this.start, this.end);
  }

  /** The encoded `LogMsg`. */
  get logMsg(): Buffer {
    return this.memory.subarray(this.bodyStart, this.end);
  }
}

/** Where a message stands. */
export interface MessagePlace {
  readonly memory: Buffer;
  readonly start: number;
  readonly end: number;
  readonly bodyStart: number;
}

/** What is known of a message. */
export interface MessageAbout {
  readonly kind: RelayMessageKind;
  readonly store: RelayStore | undefined;
  readonly isStatic: boolean;
  readonly chunkId: string;
}
