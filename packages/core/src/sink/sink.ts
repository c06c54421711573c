import type { BatcherConfig } from "../batch/batcher-config.ts";
import type { RerunError } from "../errors/rerun-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";

/** State of a sink, or of a recording as a whole. */
export type SinkState = "buffering" | "connecting" | "open" | "broken" | "closed";

/**
 * The reason for a drop: no room, no sink in time, no sink at all after `setSinks([])`, a closed or broken sink, or an
 * age above a limit.
 */
export type DropReason = "queue-full" | "backlog-full" | "no-sink" | "closed" | "expired";

/** Statistics of a sink. */
export interface SinkStats {
  /** The kind of the sink, such as `file`. */
  readonly kind: string;
  /** State of the sink. */
  readonly state: SinkState;
  /** Pending bytes. */
  readonly queuedBytes: number;
  /** Sent bytes. */
  readonly sentBytes: number;
  /** Dropped rows. */
  readonly droppedRows: number;
  /** Bytes of these rows. */
  readonly droppedBytes: number;
  /** Rows that the sink left out on purpose, if it is one of `filtered`. */
  readonly filteredRows?: number | undefined;
  /** The number of reconnects. */
  readonly reconnects: number;
  /** The last failure, if there was one. */
  readonly lastError?: RerunError | undefined;
}

/** Dropped messages. */
export interface SinkDrop {
  /** The number of rows. */
  readonly rows: number;
  /** The size of their messages. */
  readonly bytes: number;
  /** Reason why they were dropped. */
  readonly reason: DropReason;
  /** Whether the sink reports this itself, in more detail than the recording would. Default `false`. */
  readonly isReported?: boolean | undefined;
}

/** Time limits for a sink. */
export interface SinkFlushOptions {
  /** The longest wait, in milliseconds. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** A signal to cancel the wait. */
  readonly signal?: AbortSignal | undefined;
  /** Wait until the other side has confirmed, not only until all is sent. */
  readonly ack?: boolean | undefined;
}

/** The recording of a sink, as the sink sees it. */
export interface SinkContext {
  /** The application id of the recording. */
  readonly applicationId: string;
  /** The id of the recording. */
  readonly recordingId: string;
  /** Reports a problem that is no failure. */
  onWarning(message: string): void;
}

/** A destination of a recording's messages: a sink of these packages, or one of {@link customSink}. */
export interface Sink {
  /** A short name, e.g. `file`. */
  readonly kind: string;
  /** Returns the statistics of the sink so far. */
  stats(): SinkStats;
}

/**
 * A custom destination, for {@link customSink}.
 *
 * `open` is called once, then `send` for each message in order, then `close`. The first throw or rejection breaks the
 * sink: this is an `error` event, and later data is dropped and counted. Data that `send` logs itself is sent after the
 * message.
 */
export interface CustomSink {
  /** A short name for statistics and messages. Default `custom`. */
  readonly kind?: string | undefined;
  /**
   * Connects to the destination. Messages are kept until its promise resolves. If it throws at once, the sink is not
   * set, and nothing changes.
   */
  open?(context: SinkContext): void | Promise<void>;
  /**
   * Takes a message, which must not be changed and may be kept. A promise settles when the message has left: `flush`
   * and `close` wait for it, the next message does not.
   */
  send(message: EncodedMessage): void | Promise<void>;
  /** Settles when everything sent so far has left. */
  flush?(options: SinkFlushOptions): void | Promise<void>;
  /** Finishes, and releases everything. It is called once, also if the sink is broken. */
  close?(options: SinkFlushOptions): void | Promise<void>;
}

/** Interface of a sink of these packages to its recording. */
export interface RecordingSinkContext extends SinkContext {
  /** Hands over the rows that are still in the batcher, before it returns. */
  flushRows(): void;
  /** Gives memory back for later messages: for sinks with `takesBuffers`. */
  recycle(payload: Uint8Array<ArrayBuffer>): void;
  /** Reports a change of state; `error` says why it is `broken`. */
  onState(state: SinkState, error?: RerunError): void;
  /** Reports dropped messages. */
  onDrop(drop: SinkDrop): void;
}

/** Result of a sink staying in use in place of another one for the same destination. */
export interface SinkTakeover {
  /** A warning about options of the other one that are ignored. */
  readonly notice?: string | undefined;
  /** Takes over the other options, such as a renewed token. Called once the whole set of sinks is in place. */
  apply?(): void;
}

/**
 * A sink with all that a recording uses of it. Its life: `open` and `start` once, then `send` for each message,
 * in order, then `close` or `closeSync`. A sink object is opened once: one that is or was open is refused. Messages are
 * shared by all sinks and must not be changed. No method may throw into a logging call: a sink counts its failures and
 * reports them to its context. All methods are called in the recording's thread.
 *
 * A sink that passes messages to other sinks must pass on every duty of theirs: it implements {@link CompleteSink}.
 */
export interface RecordingSink extends Sink {
  /** A short name for messages, e.g. `file`. */
  readonly kind: string;
  /** Two sinks with the same key are the same destination. */
  readonly key: string;
  /** The batching that the sink prefers, on top of Rerun's defaults. */
  readonly batching?: Partial<BatcherConfig> | undefined;
  /**
   * Whether the sink has finished reading a message when `send` returns, so that its memory may be reused. Default
   * `false`.
   */
  readonly isSynchronous?: boolean | undefined;
  /**
   * Whether the sink owns the memory of each message that it is sent: nobody else reads it, and the sink may transfer
   * the whole buffer to another thread. It hands memory back with `SinkContext.recycle`. Default `false`.
   */
  readonly takesBuffers?: boolean | undefined;
  /** Whether messages may be sent although the promise of `open` has not settled yet. Default `false`. */
  readonly isReady?: boolean | undefined;
  /** Whether messages are kept for the next sink if `open` fails. Default `false`: they are dropped, and reported. */
  readonly keepsBacklogOnFailure?: boolean | undefined;
  /**
   * Whether closing needs the event loop, so that it must begin as soon as a program has nothing left to do. Default
   * `false`.
   */
  readonly needsEventLoop?: boolean | undefined;
  /**
   * Whether the destination no longer exists, such as a file that was removed: the sink is then closed before it is set
   * again.
   */
  readonly isStale?: boolean | undefined;
  /**
   * Names something that only one sink at a time can use, such as a folder. A sink is opened once the previous sinks
   * with the same place are closed, and what is logged until then is kept for it. Default: none.
   */
  readonly place?: string | undefined;
  /** The sinks that this one consists of: a recording treats each as a separate sink. Default: none. */
  readonly parts?: readonly RecordingSink[] | undefined;
  /**
   * Connects to the destination. Throwing, or rejecting, means that the sink cannot be used. Must not destroy anything:
   * if another sink of the set cannot be opened, the sink is closed without having been started.
   */
  open(context: RecordingSinkContext): void | Promise<void>;
  /** The sink is open, and so are the others of its set: messages follow. Must not throw. */
  start?(): void;
  /** Takes a message. Never throws. */
  send(message: EncodedMessage): void;
  /**
   * Takes a message that was kept before the sink was in place. All of them must fit, whatever the sink's own limits:
   * the recording had the memory for them. Default: `send`.
   */
  sendBacklog?(message: EncodedMessage): void;
  /**
   * Says whether more messages follow before the call returns that led to them: until then the sink may keep small ones
   * back and pass on many at once. Never throws. Without this a sink passes on each message at once.
   */
  expectMore?(isMore: boolean): void;
  /** Settles when everything sent so far has left; rejects if it cannot. */
  flush(options: SinkFlushOptions): Promise<void>;
  /** Finishes, and releases everything. */
  close(options: SinkFlushOptions): Promise<void>;
  /** Starts to finish in another thread, if the sink has one: `closeSync` follows within the time. */
  beginClose?(deadlineMs: number): void;
  /**
   * Finishes before it returns, as far as possible: the process is about to end. `connectMs` is the longest to wait
   * while there is no connection; by default that is the deadline, too.
   */
  closeSync?(deadlineMs: number, connectMs?: number): void;
  /** Gives back messages that the sink holds, for the sink that replaces it. */
  takeBacklog?(): EncodedMessage[];
  /**
   * Says how the sink stays in use in place of `other`, which has the same key: `undefined` if it cannot, and is to be
   * replaced. Changes nothing itself. Without this the sink stays, and the options of `other` are ignored.
   */
  takeOver?(other: RecordingSink): SinkTakeover | undefined;
  /** Returns the statistics of the sink so far. */
  stats(): SinkStats;
}

/**
 * A sink with all optional members: what wraps other sinks implements this, so that it does not compile if it leaves
 * out one of their duties.
 */
export type CompleteSink = { [Member in keyof Required<RecordingSink>]: RecordingSink[Member] };
