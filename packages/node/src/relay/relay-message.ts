import type { RelayMessageKind } from "./grpc/log-msg.ts";
import type { RelayStore } from "./relay-store.ts";

/** The approximate memory of a message besides its bytes. */
const OVERHEAD_BYTES = 512;

/**
 * A message that a relay has received, framed once for all readers. It is a node of the list of its retention class
 * ({@link nextOfClass}); {@link Arrival} has the order of arrival. The connections of all readers share its bytes,
 * which never change. It becomes garbage once it is neither retained nor needed by a reader.
 */
export class RelayMessage {
  readonly kind: RelayMessageKind;
  /** The store of the message, or `undefined` for a table. */
  readonly store: RelayStore | undefined;
  /** Whether the message is static: data without time, or not a chunk. */
  readonly isStatic: boolean;
  /** The encoded id of a chunk, one character per byte. Empty without an id. */
  readonly chunkId: string;
  /** The memory of the frame. Where possible, the frames of consecutive messages are adjacent in it. */
  memory: Buffer;
  /** The offsets of the frame in `memory`. */
  start: number;
  end: number;
  /** The offset of the `LogMsg`, or of the whole request of a table. */
  bodyStart: number;
  /** The total size of all messages up to this one, including the overhead of each. */
  position = 0;
  /** The next message of the same retention class, and the previous one if this message is retained. */
  nextOfClass: RelayMessage | undefined;
  previousOfClass: RelayMessage | undefined;
  /** Whether the history contains the message, so that later readers receive it. */
  isRetained = false;

  constructor(location: MessageLocation, info: MessageInfo) {
    this.memory = location.memory;
    this.start = location.start;
    this.end = location.end;
    this.bodyStart = location.bodyStart;
    this.kind = info.kind;
    this.store = info.store;
    this.isStatic = info.isStatic;
    this.chunkId = info.chunkId;
  }

  /** Whether the message belongs to a blueprint instead of a recording. */
  get isBlueprint(): boolean {
    return this.store?.isBlueprint === true;
  }

  /** Uses other memory with the same bytes, at offsets that differ by `distance`. */
  move(memory: Buffer, distance: number): void {
    this.memory = memory;
    this.start += distance;
    this.end += distance;
    this.bodyStart += distance;
  }

  /** The size that counts for limits, in bytes. */
  get size(): number {
    return this.end - this.start + OVERHEAD_BYTES;
  }

  /** The message with the prefix of gRPC, which is the same for all variants of gRPC. */
  get frame(): Buffer {
    return this.memory.subarray(this.start, this.end);
  }

  /** The encoded `LogMsg`. */
  get logMsg(): Buffer {
    return this.memory.subarray(this.bodyStart, this.end);
  }
}

/**
 * A message in the order of arrival, for the readers at this position. No message refers to its arrival. Otherwise the
 * first retained message, such as a store info, would keep all later ones in memory.
 */
export class Arrival {
  readonly message: RelayMessage;
  next: Arrival | undefined;

  constructor(message: RelayMessage) {
    this.message = message;
  }
}

/** The location of a message in memory. */
export interface MessageLocation {
  readonly memory: Buffer;
  readonly start: number;
  readonly end: number;
  readonly bodyStart: number;
}

/** The properties of a message that a relay needs to know. */
export interface MessageInfo {
  readonly kind: RelayMessageKind;
  readonly store: RelayStore | undefined;
  readonly isStatic: boolean;
  readonly chunkId: string;
}
