import type { BatcherConfig } from "../batch/batcher-config.ts";
import type { ByteCost } from "../bytes/byte-cost.ts";
import type { RerunError, RerunErrorCode } from "../errors/rerun-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";

/** State of a sink, or of a recording as a whole. */
export type SinkState = "buffering" | "connecting" | "open" | "broken" | "closed";

/**
 * The reason for a drop: a full queue, a full backlog before the first sink, no sink after `setSinks([])`, a closed or
 * broken sink, an age above a limit, or a server that rejects this data while it accepts other data.
 */
export type DropReason = "queue-full" | "backlog-full" | "no-sink" | "closed" | "expired" | "rejected";

/** Statistics of a sink. */
export interface SinkStats {
  /** The kind of the sink, such as `file`. */
  readonly kind: string;
  /** Whether the sink is buffering, connecting, open, broken or closed. */
  readonly state: SinkState;
  /** Pending bytes. */
  readonly queuedBytes: number;
  /** Limit of pending bytes, in sinks for servers, writable streams and the origin private file system. */
  readonly maxQueueBytes?: number | undefined;
  /** Bytes that were passed to the destination, as encoded. */
  readonly sentBytes: number;
  /** Rows that the sink will not deliver. */
  readonly droppedRows: number;
  /** Bytes of these rows. */
  readonly droppedBytes: number;
  /** Rows that a sink of `filtered` omitted on purpose. */
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

/** The part of a recording that its sinks see. */
export interface SinkContext {
  /** The application id of the recording. */
  readonly applicationId: string;
  /** The id of the recording that sends to the sink. */
  readonly recordingId: string;
  /** Reports a problem that is not a failure. Its `code` is that of the warning's error, by default `IO_ERROR`. */
  onWarning(message: string, code?: RerunErrorCode): void;
}

/** A destination of a recording's messages: a sink of these packages, or the result of {@link customSink}. */
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
   * Connects to the destination. Messages wait until its promise resolves. If `open` throws synchronously, the sink is
   * not set, and nothing changes.
   */
  open?(context: SinkContext): void | Promise<void>;
  /**
   * Takes a message, which must not be changed and may be kept. A returned promise settles when the message is sent:
   * `flush` and `close` wait for this promise, but the next message does not.
   */
  send(message: EncodedMessage): void | Promise<void>;
  /** Settles when everything sent so far has left. */
  flush?(options: SinkFlushOptions): void | Promise<void>;
  /** Finishes, and releases everything. Called once, even if the sink is broken. */
  close?(options: SinkFlushOptions): void | Promise<void>;
}

/** Interface of a sink of these packages to its recording. */
export interface RecordingSinkContext extends SinkContext {
  /** Sends the rows that are still in the batcher, before this method returns. */
  flushRows(): void;
  /** Runs `send`, which sends queued messages. What is logged meanwhile is sent afterwards. */
  sendInOrder?(send: () => void): void;
  /** Gives memory back for later messages: for sinks with `takesBuffers`. */
  recycle(payload: Uint8Array<ArrayBuffer>): void;
  /** Copies bytes into such memory. Default: into new memory. */
  copy?(payload: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
  /** Reports a change of state. `error` is the reason for `broken`. */
  onState(state: SinkState, error?: RerunError): void;
  /** Reports dropped messages. */
  onDrop(drop: SinkDrop): void;
}

/** Result of a sink staying in use in place of another one for the same destination. */
export interface SinkTakeover {
  /** A warning about ignored options of the other sink. */
  readonly notice?: string | undefined;
  /** Adopts the other options, such as a renewed token. Called once the whole set of sinks is in place. */
  apply?(): void;
}

/**
 * A sink with all members that a recording uses. Its life: `open` and `start` once, then `send` for each message, in
 * order, then `close` or `closeSync`. A sink object is opened at most once. All sinks share the messages and must not
 * change them. No method may throw into a logging call: a sink counts its failures and reports them to its context. The
 * recording calls all methods in its own thread.
 *
 * A sink that wraps other sinks must forward every member to them, and therefore implements {@link CompleteSink}.
 */
export interface RecordingSink extends Sink {
  /** A short name for messages, e.g. `file`. */
  readonly kind: string;
  /** Two sinks with the same key are the same destination. */
  readonly key: string;
  /** The batching that the sink prefers, on top of Rerun's defaults. */
  readonly batching?: Partial<BatcherConfig> | undefined;
  /** The cost of a byte at the destination, which the compression `"auto"` considers. Default `stored`. */
  readonly byteCost?: ByteCost | undefined;
  /**
   * Whether the sink has finished reading a message when `send` returns, so that its memory may be reused. Default
   * `false`.
   */
  readonly isSynchronous?: boolean | undefined;
  /**
   * Whether the sink owns the memory of its messages. No other code reads that memory, and the sink may transfer the
   * whole buffer to another thread. The sink returns memory with `SinkContext.recycle`. Default `false`.
   */
  readonly takesBuffers?: boolean | undefined;
  /** Whether messages may be sent although the promise of `open` has not settled yet. Default `false`. */
  readonly isReady?: boolean | undefined;
  /**
   * Whether the backlog stays for the next sink if `open` fails. Default `false`: it is dropped, and the drop is
   * reported.
   */
  readonly keepsBacklogOnFailure?: boolean | undefined;
  /**
   * Whether closing needs the event loop, so that it must begin as soon as a program has nothing left to do. Default
   * `false`.
   */
  readonly needsEventLoop?: boolean | undefined;
  /**
   * Whether each dropped row is a loss, so that `close`, and `flush` with `ack`, are not complete after one. Default
   * `false`: the sink has the newest data only, or the program has asked it to drop data.
   */
  readonly isLossless?: boolean | undefined;
  /**
   * Whether the destination no longer exists, such as a removed file. The sink is then closed before a sink for the
   * same destination is set.
   */
  readonly isStale?: boolean | undefined;
  /**
   * A resource that only one sink at a time can use, such as a folder. A sink opens once the previous sinks with the
   * same place are closed, and messages wait for it until then. Default: none.
   */
  readonly place?: string | undefined;
  /** The sinks that this one consists of: a recording treats each as a separate sink. Default: none. */
  readonly parts?: readonly RecordingSink[] | undefined;
  /**
   * Connects to the destination. Throwing, or rejecting, means that the sink cannot be used. Must not destroy anything:
   * if another sink of the set cannot be opened, the sink is closed without having been started.
   */
  open(context: RecordingSinkContext): void | Promise<void>;
  /** Called once the sink and the others of its set are open. Messages follow. Must not throw. */
  start?(): void;
  /** Takes a message. Never throws. */
  send(message: EncodedMessage): void;
  /**
   * Takes a message from the backlog of the recording. All such messages must fit, regardless of the sink's own limits,
   * because they are in memory already. Default: `send`.
   */
  sendBacklog?(message: EncodedMessage): void;
  /** A caller waits: connects soon if there is no connection, unless the server has asked for a wait. */
  retry?(): void;
  /**
   * Announces whether more messages follow before the current logging call returns. Until then the sink may hold small
   * messages, and pass on many together. Never throws. A sink without this method passes on each message immediately.
   */
  expectMore?(isMore: boolean): void;
  /** Settles when all messages so far are sent. Rejects if that fails. */
  flush(options: SinkFlushOptions): Promise<void>;
  /** Finishes, and releases everything. */
  close(options: SinkFlushOptions): Promise<void>;
  /** Starts to finish in another thread, if the sink has one: `closeSync` follows within the time. */
  beginClose?(deadlineMs: number): void;
  /**
   * Closes synchronously, as far as possible, because the process is about to end. `connectMs` is the longest wait for
   * a connection. Default: the deadline.
   */
  closeSync?(deadlineMs: number, connectMs?: number): void;
  /** Gives back messages that the sink holds, for the sink that replaces it. */
  takeBacklog?(): EncodedMessage[];
  /**
   * Returns how this sink stays in use in place of `other`, which has the same key, or `undefined` if this sink must be
   * replaced. Changes nothing itself. A sink without this method stays, and ignores the options of `other`.
   */
  takeOver?(other: RecordingSink): SinkTakeover | undefined;
  /** Returns the statistics of the sink so far. */
  stats(): SinkStats;
}

/**
 * A sink with all optional members. Sinks that wrap other sinks implement this type, so that a missing member does not
 * compile.
 */
export type CompleteSink = { [Member in keyof Required<RecordingSink>]: RecordingSink[Member] };
