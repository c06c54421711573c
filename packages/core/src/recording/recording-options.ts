import type { BatcherConfig } from "../batch/batcher-config.ts";
import type { Compression } from "../compress/compression.ts";
import type { RerunError } from "../errors/rerun-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { Sink, SinkStats } from "../sink/sink.ts";
import type { TimestampLike } from "../time/time-value.ts";

/**
 * Options of {@link RecordingStream}.
 *
 * @example
 * const rec = new rr.RecordingStream("my_app", { recordingName: "morning run", strict: true, logTick: true });
 */
export interface RecordingOptions {
  /** The id. Programs with the same id and application id log into one recording. Default: a random id. */
  recordingId?: string | undefined;
  /** The name in viewers. Default: none. */
  recordingName?: string | undefined;
  /** The start time in viewers. Default: now. */
  startTime?: TimestampLike | undefined;
  /** Whether anything is logged. Default: the environment variable `RERUN`, else `defaultEnabled`. */
  enabled?: boolean | undefined;
  /** Whether anything is logged if neither `enabled` nor `RERUN` is set. Default `true`. */
  defaultEnabled?: boolean | undefined;
  /** Whether the start time and the name are logged as properties of the recording. Default `true`. */
  sendProperties?: boolean | undefined;
  /**
   * Whether invalid data is thrown instead of reported. Default: the environment variable `RERUN_STRICT`, else `false`.
   */
  strict?: boolean | undefined;
  /** Whether rows get the wall-clock time on the timeline `log_time`. Default: `RERUN_LOG_TIME`, else `true`. */
  logTime?: boolean | undefined;
  /** Whether rows get the number of the call on the timeline `log_tick`. Default: `RERUN_LOG_TICK`, else `false`. */
  logTick?: boolean | undefined;
  /** The limits of a batch. Default: the limits of the sinks, overridden by Rerun's environment variables. */
  batcher?: Partial<BatcherConfig> | undefined;
  /**
   * The compression of messages. Default `"auto"`: compresses what gets smaller, for networks more than for files and
   * memory. Nothing is compressed if all destinations are on the same machine or in the same page.
   */
  compression?: Compression | undefined;
  /** The largest number of bytes buffered before the first sink is set. Default 1 GiB on Node, 256 MiB in browsers. */
  maxBacklogBytes?: number | undefined;
  /**
   * The largest number of bytes kept for later sinks: blueprints and the newest static data of each entity. Default 64
   * MiB.
   */
  maxRetainedBytes?: number | undefined;
  /** Receives each distinct problem once. Default: `console.warn`. */
  onWarning?: ((warning: RerunError) => void) | undefined;
  /** Receives failures of sinks and of unawaited calls. Default: `console.error`. */
  onError?: ((error: RerunError) => void) | undefined;
}

/** Settings from outside the program. They override the defaults, and the options of the program override them. */
export interface PlatformSettings {
  readonly enabled?: boolean | undefined;
  readonly strict?: boolean | undefined;
  readonly logTime?: boolean | undefined;
  readonly logTick?: boolean | undefined;
  /** Overrides the preference of the sinks. */
  readonly batcher?: Partial<BatcherConfig> | undefined;
}

/**
 * The platform's part of a recording, supplied by the packages for Node and for browsers.
 *
 * A recording calls `settings` once, in its constructor, and `onLive` each time its sinks change or it is closed.
 * Without hooks a recording works in any runtime, with default settings, but nothing closes it when the process ends.
 */
export interface PlatformHooks {
  /** The default of the option `maxBacklogBytes`. */
  readonly maxBacklogBytes: number;
  /** Settings that users made outside the program, e.g. in environment variables. Invalid ones are passed to `warn`. */
  settings?(warn: (message: string) => void): PlatformSettings;
  /**
   * Receives the number of live recordings, and the recording that has changed: it was created, or one of its sinks was
   * set or closed. A recording is live while a sink of it must be closed before the process ends.
   */
  onLive?(count: number, recording: { readonly sinks: readonly Sink[] }): void;
}

/** A layout for the viewer, with methods to encode itself. */
export interface BlueprintLike {
  /** The blueprint's store info and its chunks, in this order. The recording adds the activation. */
  encodeBlueprint(applicationId: string): readonly EncodedMessage[];
}

/** Options of {@link RecordingStream.sendBlueprint}. */
export interface SendBlueprintOptions {
  /** Whether viewers show the blueprint now. Default `true`. */
  makeActive?: boolean | undefined;
  /** Whether viewers show the blueprint if they have no saved one for the application. Default `true`. */
  makeDefault?: boolean | undefined;
}

/** Options of all calls to set sinks. */
export interface SetSinksOptions {
  /** A layout for viewers without a saved one for the application. Default: none. */
  defaultBlueprint?: BlueprintLike | undefined;
}

/** Options of {@link RecordingStream.flush}, `disconnect` and `close`. */
export interface FlushOptions {
  /**
   * The longest time to wait, in milliseconds. Default: 5,000 for `close`. `flush` and `disconnect` wait without a
   * limit, but for a server only until nothing has moved for 5 seconds.
   */
  timeoutMs?: number | undefined;
  /** A signal to cancel the wait: the call rejects with the code `ABORTED`. Default: none. */
  signal?: AbortSignal | undefined;
  /** Whether to wait for the acknowledgement of servers too, not only until everything is sent. Default `false`. */
  ack?: boolean | undefined;
}

/** The result of {@link RecordingStream.flush}, `disconnect` and `close`. */
export interface FlushResult {
  /**
   * Whether the current sinks, and replaced sinks that are still closing, have sent everything within the time. For a
   * spool, stored data counts as sent. After `close` without a sink, rows count as not sent.
   */
  readonly complete: boolean;
  /** The number of pending bytes. */
  readonly pendingBytes: number;
  /**
   * The number of rows dropped so far, by all sinks, including replaced ones. `disconnect` counts only the sinks that
   * it closes.
   */
  readonly droppedRows: number;
  /** The statistics of each sink, including replaced sinks that are not closed yet. */
  readonly sinks: readonly SinkStats[];
}

/** Statistics of a recording since its beginning. */
export interface RecordingStats {
  /** The number of logged rows. */
  readonly rows: number;
  /** The number of encoded chunks. */
  readonly chunks: number;
  /** Bytes of all messages. */
  readonly bytes: number;
  /** Warnings, including repeated ones. */
  readonly warnings: number;
  /** The number of rows dropped by the sinks, including replaced ones. */
  readonly droppedRows: number;
  /** The number of bytes buffered until a sink is set. */
  readonly backlogBytes: number;
  /** The statistics of each sink, including replaced sinks that are not closed yet. */
  readonly sinks: readonly SinkStats[];
}
