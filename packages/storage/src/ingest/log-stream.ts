import type { FlatRanges } from "../commits/pack-ranges.ts";
import type { FlatPrints } from "../commits/run-prints.ts";
import type { PackId } from "../nats/pack.ts";

/** A message of a stream. */
export interface LogMessage {
  readonly sequence: number;
  readonly data: Uint8Array<ArrayBuffer>;
  /** When it came into the stream, by the clock of the server, in milliseconds since 1970. Default: unknown. */
  readonly time?: number | undefined;
}

/** The identity and the end of a stream. */
export interface StreamState {
  /** The time of its creation. A stream that was lost and created again has another one, and begins at 1 again. */
  readonly created: string;
  /** The sequence of its last message, or 0 if there is none. */
  readonly lastSequence: number;
  /** The age at which the stream drops messages, in milliseconds. 0 if it drops none by their age. Default: unknown. */
  readonly maxAgeMs?: number | undefined;
}

/** A producer asks to commit its packs, and to announce which are committed. */
export type AskListener = (partition: number, run: string) => void;

/** There is a problem, or one is solved. */
export type StreamProblemListener = (name: string, reason: string | undefined) => void;

/** The stream from which an ingester reads the packs of a dataset, and the way back to their producers. */
export interface LogStream {
  /** The address without credentials, for messages. */
  readonly url: string;
  /** The state of the stream, which is created if it does not exist. Rejects if the server cannot be reached. */
  state(signal: AbortSignal): Promise<StreamState>;
  /** Yields the messages of a partition in order, from a sequence on, including new ones. */
  read(partition: number, from: number, created: string, signal: AbortSignal): AsyncIterable<LogMessage>;
  /** Announces the committed packs of a run, and the prints of the newest ones. Announcements may get lost. */
  announce(run: string, packs: FlatRanges, prints: FlatPrints): void;
  /**
   * Notifies the producer of a pack that it cannot be committed, with the reason. The notification may get lost.
   *
   * @param isTaken whether other messages with these numbers are known
   */
  reject(id: PackId, reason: string, isTaken?: boolean): void;
  /**
   * Calls the listener with a problem of all partitions by its name, and with `undefined` once it is solved. There is
   * one listener.
   */
  onProblem?(listener: StreamProblemListener): void;
  /** All packs of a partition up to a sequence of a stream are committed, so that the stream needs them no more. */
  release?(partition: number, created: string, last: number): void;
  /** Calls the listener when a producer asks. There is one listener. */
  onAsk(listener: AskListener): void;
}
