import type { RerunError } from "../errors/rerun-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { DropReason } from "../sink/sink.ts";

/** Events of a {@link SpoolStore}. */
export interface SpoolStoreEvents {
  /** A segment of an earlier program was found; `claim` gives it an id. */
  onFound(bytes: number): void;
  /** Data that was not acknowledged was removed to keep the limits, or because the storage is full. */
  onEvicted(evicted: EvictedFromSpool): void;
  /** A message could not be stored. */
  onUnstored(message: UnstoredMessage): void;
  onWarning(message: string): void;
  /** Reason why messages cannot be stored; reported once. */
  onFailure(error: RerunError): void;
}

/** Data that was removed from a store. */
export interface EvictedFromSpool {
  /** The ids of its first and last messages. */
  readonly firstId: number;
  readonly lastId: number;
  readonly bytes: number;
  /** Of data of an earlier program they are counted first. */
  readonly rows: number | Promise<number>;
  readonly reason: DropReason;
  /** For a message of the retained state: what it replaces. */
  readonly key?: string | undefined;
}

/** A message that is not in a store; 0 is the id of the retained state, which has a key for what it replaces. */
export interface UnstoredMessage {
  readonly id: number;
  readonly key?: string | undefined;
  readonly rows: number;
  readonly bytes: number;
}

/** A stored part of the data. */
export interface SpoolSegment {
  /** The segment as a `.rrd`; empty if it could not be read, which the store has reported. */
  readonly rrd: Uint8Array;
  /** The id of its last message. */
  readonly lastId: number;
}

/**
 * Storage of a spool: on Node a folder, in a page the origin private file system. Messages have increasing ids;
 * those of the retained state (store infos, blueprints, static data) have none, and are kept until the end.
 */
export interface SpoolStore {
  /** Names the place: two stores with the same key are the same. */
  readonly key: string;
  /** Whether it has finished reading a message when `append` returns. */
  readonly isSynchronous: boolean;
  /** Takes possession of the place. Rejects, or throws, if that is impossible. */
  open(events: SpoolStoreEvents): void | Promise<void>;
  /** Stores a message. Failures are reported. */
  append(message: EncodedMessage, id: number): void;
  /** Gives the oldest segment that was found its id. */
  claim(id: number): void;
  /** Ends the current segment, so that it is read without the messages to come. */
  seal(): void;
  /** The oldest stored segment after an id; `undefined` if nothing was stored after it. */
  read(after: number): Promise<SpoolSegment | undefined>;
  /** Messages up to this id were acknowledged: they may be removed. */
  release(id: number): void;
  /** Settles when everything so far is stored, or reported as not stored. */
  flush(): Promise<void>;
  /** Closes the store. `isEmpty`: everything was acknowledged, and may be removed. */
  close(isEmpty: boolean): Promise<void>;
  /** The same before it returns, on platforms where that is possible. */
  closeSync?(isEmpty: boolean): void;
}
