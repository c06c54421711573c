import type { BatcherConfig } from "../batch/batcher-config.ts";
import type { RerunError } from "../errors.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";

/** How a sink, or a recording as a whole, is doing. */
export type SinkState = "buffering" | "connecting" | "open" | "broken" | "closed";

/** Why messages were given up. */
export type DropReason = "queue-full" | "backlog-full" | "closed";

/** What a sink has done so far. */
export interface SinkStats {
  readonly kind: string;
  readonly state: SinkState;
  /** Bytes that wait to be sent. */
  readonly queuedBytes: number;
  /** Bytes that left. */
  readonly sentBytes: number;
  /** Rows and bytes that were given up. */
  readonly droppedRows: number;
  readonly droppedBytes: number;
  /** How often a lost connection was made again. */
  readonly reconnects: number;
  readonly lastError?: RerunError | undefined;
}

/** Messages that were given up. */
export interface SinkDrop {
  readonly rows: number;
  readonly bytes: number;
  readonly reason: DropReason;
}

/** What a sink may ask and tell its recording. */
export interface SinkContext {
  readonly applicationId: string;
  readonly recordingId: string;
  /** Hands over the rows that still wait in the batcher, before this returns. */
  flushRows(): void;
  /** Tells a change of state; `error` says why it is `broken`. */
  onState(state: SinkState, error?: RerunError): void;
  /** Tells that messages were given up. */
  onDrop(drop: SinkDrop): void;
  /** Tells something that users should know but that is no failure. */
  onWarning(message: string): void;
}

/** Where the memory of messages comes from. */
export interface MessageMemory {
  /** Gives memory for later messages. */
  give(bytes: Uint8Array<ArrayBuffer>): void;
}

/** How long a sink may take. */
export interface SinkFlushOptions {
  /** The longest to wait, in milliseconds; no limit by default. */
  readonly timeoutMs?: number | undefined;
  /** Gives up waiting when it fires. */
  readonly signal?: AbortSignal | undefined;
  /** Wait until the other side has confirmed, not only until all is sent. */
  readonly ack?: boolean | undefined;
}

/**
 * Where a recording's messages go. A sink gets each message once, in order, and never changes it. Nothing it does
 * may throw into a logging call: it counts, and tells its context.
 */
export interface Sink {
  /** A short name for messages, e.g. `file`. */
  readonly kind: string;
  /** Two sinks with the same key are the same destination. */
  readonly key: string;
  /** The batching it wants, on top of Rerun's defaults. */
  readonly batching?: Partial<BatcherConfig> | undefined;
  /** Whether it is done with a message when `send` returns, so that its memory may be used again. Default `false`. */
  readonly isSynchronous?: boolean | undefined;
  /**
   * Whether finishing takes turns of the event loop, so that it must begin when a program has nothing left to do:
   * later is too late. Default `false`.
   */
  readonly needsEventLoop?: boolean | undefined;
  /** Makes contact. Throwing (or rejecting) says that it cannot be used. */
  open(context: SinkContext): void | Promise<void>;
  /**
   * Takes a message. Never throws. With `memory`, nobody else sees the message: the sink may transfer its whole buffer
   * to another thread, and give other memory in return.
   */
  send(message: EncodedMessage, memory?: MessageMemory): void;
  /** Settles when everything sent so far has left; rejects if it cannot. */
  flush(options: SinkFlushOptions): Promise<void>;
  /** Finishes and lets go of everything. */
  close(options: SinkFlushOptions): Promise<void>;
  /** Finishes before it returns, as far as that goes: the process is about to end. */
  closeSync?(deadlineMs: number): void;
  /** Gives back messages that it holds for whoever comes next. */
  takeBacklog?(): EncodedMessage[];
  stats(): SinkStats;
}
