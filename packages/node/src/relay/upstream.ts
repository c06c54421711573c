import type { EncodedMessage } from "@rerun-ts/core";
import type { AllowedStores } from "./http/access-grants.ts";

/** Settings of an {@link UpstreamSequence}. */
export interface SequenceSettings {
  /**
   * The session of the client, by which every edge recognises its records. Without a session, the sequence ends with
   * this edge.
   */
  readonly session?: Uint8Array | undefined;
  /** The number of the first record. */
  readonly first: number;
  /** More records are stored, or there is room again. */
  readonly onProgress: () => void;
}

/** Numbered records of one client on their way to an {@link Upstream}. */
export interface UpstreamSequence {
  /** The number of the first record that is not stored. */
  readonly stored: number;
  /** Whether the client must wait before it sends more. */
  readonly isFull: boolean;
  /** Takes the record with the next number. */
  send(message: EncodedMessage): void;
  /** Somebody waits until all records so far are stored. */
  requestCommit(): void;
  /** No record follows. Those so far are stored nevertheless. */
  finish(): void;
}

/** The records of one client of an edge: they go to its viewers, and to the {@link Upstream}. */
export interface ForwardedClient {
  /** Called when more records are stored, or when there is room again. */
  onProgress: () => void;
  /** The number of the first record that is not stored. */
  readonly stored: number;
  /** Whether the client must wait before it sends more. */
  readonly isFull: boolean;
  /**
   * Accepts the next record, an encoded `LogMsg`.
   *
   * @param write passes it to the viewers
   * @throws {RelayError} if it is damaged, or not allowed
   */
  accept(logMsg: Uint8Array, allows: AllowedStores, write: () => unknown): void;
  /** Somebody waits until all records so far are stored. */
  requestCommit(): void;
  /** Calls back when all records so far are stored, and asks for that. */
  whenStored(onStored: () => void): void;
  /** Calls back once there is room. */
  whenRoom(onRoom: () => void): void;
  /** No record follows. */
  finish(): void;
}

/** Opens the records of a client. @throws {RelayError} if the number of the first one is too large */
export type OpenClient = (sequence: { readonly session?: Uint8Array; readonly first: number }) => ForwardedClient;

/** The storage for the records of an edge's clients. An edge acknowledges only stored records. */
export interface Upstream {
  open(settings: SequenceSettings): UpstreamSequence;
  /** Waits until all records so far are stored, but at most `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
  /** Stores pending records, for at most `timeoutMs`, and ends. Returns the number of bytes that are not stored. */
  close(timeoutMs: number): Promise<number>;
}
