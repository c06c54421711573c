import type { RerunError } from "../errors/rerun-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { DropReason } from "../sink/sink.ts";

/** Events of a {@link SpoolStore}. */
export interface SpoolStoreEvents {
  /** A segment of an earlier program was found. `claim` assigns an id to it. */
  onFound(bytes: number): void;
  /** Data that was not acknowledged was removed to keep the limits, or because the storage is full. */
  onEvicted(evicted: EvictedFromSpool): void;
  /** A message could not be stored. */
  onUnstored(message: UnstoredMessage): void;
  onWarning(message: string): void;
  /** Messages cannot be stored, for this reason. Reported once until they can. */
  onFailure(error: RerunError): void;
  /** Messages can be stored again after a failure. */
  onWorking(): void;
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
  /** The retention key of a message of the retained state. */
  readonly key?: string | undefined;
}

/** A message that could not be stored. Messages of the retained state have the id 0 and a retention key. */
export interface UnstoredMessage {
  readonly id: number;
  readonly key?: string | undefined;
  readonly rows: number;
  readonly bytes: number;
}

/** A stored part of the data. */
export interface SpoolSegment {
  /** The segment as a `.rrd`. Empty if the store could not read it, which the store has reported. */
  readonly rrd: Uint8Array;
  /** The id of its last message. */
  readonly lastId: number;
}

/**
 * Storage of a spool: on Node a folder, in a page the origin private file system. Messages have increasing ids.
 * Messages of the retained state (store infos, blueprints, static data) have no id, and stay until the end.
 */
export interface SpoolStore {
  /** Names the place: two stores with the same key are the same. */
  readonly key: string;
  /** Whether `append` has finished reading the message when it returns. */
  readonly isSynchronous: boolean;
  /** Takes possession of the place. Rejects, or throws, if that is impossible. */
  open(events: SpoolStoreEvents): void | Promise<void>;
  /** Stores a message. Failures are reported. */
  append(message: EncodedMessage, id: number): void;
  /** Assigns an id to the oldest segment that was found. */
  claim(id: number): void;
  /** Ends the current segment, so that reading it excludes later messages. */
  seal(): void;
  /** The oldest stored segment after an id, or `undefined` if there is none. */
  read(after: number): Promise<SpoolSegment | undefined>;
  /** Messages up to this id were acknowledged: they may be removed. */
  release(id: number): void;
  /** Settles when everything so far is stored, or reported as not stored. */
  flush(): Promise<void>;
  /** Closes the store. `isEmpty`: everything was acknowledged, and may be removed. */
  close(isEmpty: boolean): Promise<void>;
  /** Closes synchronously, on platforms where this is possible. */
  closeSync?(isEmpty: boolean): void;
}
