import type { FlatRanges } from "../commits/pack-ranges.ts";
import type { DeniedRight } from "./denied-rights.ts";
import type { FlatPrints } from "../commits/run-prints.ts";

/** A pack that an ingester cannot commit. */
export interface PackRejection {
  /** The number of the first message. */
  readonly number: number;
  /** The number of messages. */
  readonly count: number;
  readonly reason: string;
  /** Whether other messages with these numbers of the run are known. Default `false`. */
  readonly isTaken?: boolean | undefined;
}

/** Receiver of the events of a {@link PackLink}. */
export interface PackLinkEvents {
  /** All committed packs of the run, and the prints of the newest ones. */
  onCommitted(packs: FlatRanges, prints: FlatPrints): void;
  /** An ingester cannot commit a pack of the run. */
  onRejected(rejection: PackRejection): void;
  /** The server denies the program a right. */
  onDenied(right: DeniedRight): void;
  /** The connection is lost: no call of the link succeeds any more. */
  onLoss(error: Error): void;
}

/** One connection of a producer to a server. */
export interface PackLink {
  /** The stream at the time of the connection, if the server reports it. */
  readonly stream?: { readonly created: string; readonly lastSequence: number } | undefined;
  /** The largest message in bytes. */
  readonly maxMessageBytes: number;
  /** Publishes a message of a recording. Settles with its sequence once the stream has stored it. */
  publish(recording: string, message: Uint8Array): Promise<number>;
  /** The sequence of the oldest message of the stream. `undefined` if the server does not report it. Never rejects. */
  oldestSequence?(): Promise<number | undefined>;
  /** Asks ingesters to commit the packs of the run, and to announce which are committed. */
  ask(): void;
  /** Ends the connection immediately. */
  close(): void;
}

/** Connects the producer of a run. Rejects with `AUTH` if the server denies access. */
export type OpenPackLink = (run: string, events: PackLinkEvents, signal: AbortSignal) => Promise<PackLink>;

/** The committed packs of a run, as ingesters announce them. */
export interface Announcement {
  readonly packs: FlatRanges;
  readonly prints: FlatPrints;
}
