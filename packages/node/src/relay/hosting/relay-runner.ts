import type { EncodedMessage, RerunError } from "@rerun-ts/core";
import type { RelayStats } from "../relay-stats.ts";

/** Runs a relay, in the calling thread or in a worker. `send` never throws: rejected messages are reported. */
export interface RelayRunner {
  /** Resolves to the port once the relay listens. Rejects with `LISTEN_FAILED` if it cannot. */
  readonly listening: Promise<number>;
  /** The port as soon as the relay listens, also while the event loop does not run. */
  readonly port: number | undefined;
  /** Bytes that were sent to the relay, but not received yet. */
  readonly queuedBytes: number;
  /** Passes a message on to the relay, with its memory. */
  send(message: EncodedMessage): void;
  /** Settles when the relay has received everything so far. */
  flush(): Promise<void>;
  /**
   * Sends readers the pending data, for at most `timeoutMs`, and closes the port. Resolves to whether all readers have
   * received everything.
   */
  close(timeoutMs: number): Promise<boolean>;
  /** Starts to close: `closeSync` follows. */
  beginClose?(deadlineMs: number): void;
  /** Closes synchronously, as far as possible. Returns whether all readers have received everything. */
  closeSync(deadlineMs: number): boolean;
  /** Lets the process end although the relay listens. */
  unref(): void;
  /** The statistics of the relay. */
  stats(): RelayStats;
}

/** The events that a {@link RelayRunner} reports. */
export interface RelayRunnerEvents {
  /** The relay has ended without being closed. */
  onLost(error: RerunError): void;
  /** The relay has rejected a message, with this number of rows and bytes. */
  onRejected(reason: string, rows: number, bytes: number): void;
  /** The relay has refused a client because of its host name or origin. */
  onRefused(reason: string): void;
  /** The relay has ended without receiving the last messages, with this number of rows and bytes. */
  onUnreceived(rows: number, bytes: number): void;
  /** The relay is done with the memory of a message. */
  onRelease(payload: Uint8Array<ArrayBuffer>): void;
}
