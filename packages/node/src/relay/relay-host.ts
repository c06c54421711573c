import type { EncodedMessage, MessageMemory, RerunError } from "@rerun-ts/core";
import type { RelayStats } from "./health.ts";

/** A relay that serves, in this thread or in another one. */
export interface RelayHost {
  /** Settles with the port when it listens; rejects with why it cannot. */
  readonly listening: Promise<number>;
  /** The port as soon as it listens, also while the event loop has no turn. */
  readonly port: number | undefined;
  /** Bytes on their way to it. */
  readonly queuedBytes: number;
  /** Passes a message on. Its memory is free when this returns, or is taken from `memory`. */
  send(message: EncodedMessage, memory?: MessageMemory): void;
  /** Settles when it holds everything so far. */
  flush(): Promise<void>;
  /** Sends readers what they have not got, for so long at most, and ends. */
  close(timeoutMs: number): Promise<void>;
  /** The same before it returns, as far as that goes; returns whether the readers could be served. */
  closeSync(deadlineMs: number): boolean;
  /** Lets the program end although it serves. */
  unref(): void;
  stats(): RelayStats;
}

/** What a {@link RelayHost} tells. */
export interface RelayHostEvents {
  /** It is gone, though nobody has closed it. */
  onLost(error: RerunError): void;
  /** It did not take a message. */
  onRefused(reason: string): void;
}
