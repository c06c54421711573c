import type { BatcherConfig } from "../batch/batcher-config.ts";
import type { Compression } from "../compress/compression.ts";
import type { RerunError } from "../errors.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { SinkStats } from "../sink/sink.ts";
import type { TimestampLike } from "../time/time-value.ts";

/** Options of a new recording. */
export interface RecordingOptions {
  /** Programs that give the same id (and application id) log into one recording. Default: a random one. */
  recordingId?: string | undefined;
  /** A name for people. Default: none. */
  recordingName?: string | undefined;
  /** When the recording began. Default: now. */
  startTime?: TimestampLike | undefined;
  /** Whether it logs at all; wins over the environment variable `RERUN`. */
  enabled?: boolean | undefined;
  /** Whether it logs if neither `enabled` nor `RERUN` says so. Default `true`. */
  defaultEnabled?: boolean | undefined;
  /** Whether it tells its start time and name. Default `true`. */
  sendProperties?: boolean | undefined;
  /** Whether wrong data is thrown instead of reported. Default: the environment variable `RERUN_STRICT`, else `false`. */
  strict?: boolean | undefined;
  /** Whether rows get the wall clock's time on the timeline `log_time`. Default: `RERUN_LOG_TIME`, else `true`. */
  logTime?: boolean | undefined;
  /** Whether rows get a running number on the timeline `log_tick`. Default: `RERUN_LOG_TICK`, else `false`. */
  logTick?: boolean | undefined;
  /** When rows leave. Default: what the sink wants, then Rerun's environment variables. */
  batcher?: Partial<BatcherConfig> | undefined;
  /** How messages are compressed. `"auto"` (default) leaves alone what does not get smaller. */
  compression?: Compression | undefined;
  /** How many bytes are kept before the first sink. Default 1 GiB on Node, 256 MiB in browsers. */
  maxBacklogBytes?: number | undefined;
  /** Gets each distinct problem once. Default: `console.warn`. */
  onWarning?: ((warning: RerunError) => void) | undefined;
  /** Gets failures of sinks and of calls that nobody awaited. Default: `console.error`. */
  onError?: ((error: RerunError) => void) | undefined;
}

/** Settings from outside of the program: each wins over the default, and options of the program win over it. */
export interface HostSettings {
  readonly enabled?: boolean | undefined;
  readonly strict?: boolean | undefined;
  readonly logTime?: boolean | undefined;
  readonly logTick?: boolean | undefined;
  /** On top of what the sinks want. */
  readonly batcher?: Partial<BatcherConfig> | undefined;
}

/** What a recording needs of the platform; the packages for Node and for browsers supply it. */
export interface RecordingHost {
  readonly maxBacklogBytes: number;
  /** What users set outside of the program, e.g. in environment variables; `warn` is told what makes no sense. */
  settings?(warn: (message: string) => void): HostSettings;
  /** Told how many recordings there are that must be finished when the process ends. */
  onLive?(count: number): void;
}

/** A layout for the viewer. The blueprint package makes them; anything of this shape will do. */
export interface BlueprintLike {
  /** The blueprint's store information and its chunks, in that order; the recording adds the activation. */
  encodeBlueprint(applicationId: string): readonly EncodedMessage[];
}

/** What becomes of a blueprint that is sent. */
export interface SendBlueprintOptions {
  /** Show it now. Default `true`. */
  makeActive?: boolean | undefined;
  /** Show it whenever the viewer has none of its own for the application. Default `true`. */
  makeDefault?: boolean | undefined;
}

/** Options of all calls that set sinks. */
export interface SetSinksOptions {
  /** A layout for viewers that have none of their own for the application. */
  defaultBlueprint?: BlueprintLike | undefined;
}

/** How long to wait for sinks. */
export interface FlushOptions {
  /** The longest to wait, in milliseconds. Default: no limit for `flush`, 5,000 for `close`. */
  timeoutMs?: number | undefined;
  /** Gives up waiting when it fires; the call rejects with `ABORTED`. */
  signal?: AbortSignal | undefined;
  /** Wait until the other side has confirmed, not only until all is sent. Default `false`. */
  ack?: boolean | undefined;
}

/** What a flush achieved. */
export interface FlushResult {
  /** Whether everything left in time. */
  readonly complete: boolean;
  /** Bytes that still wait. */
  readonly pendingBytes: number;
  /** Rows that were given up since the recording began. */
  readonly droppedRows: number;
  readonly sinks: readonly SinkStats[];
}

/** What a recording has done so far. */
export interface RecordingStats {
  /** Rows that were logged. */
  readonly rows: number;
  /** Chunks that were encoded. */
  readonly chunks: number;
  /** Bytes of all messages. */
  readonly bytes: number;
  /** Problems, repeated ones counted. */
  readonly warnings: number;
  /** Bytes that wait for a sink. */
  readonly backlogBytes: number;
  readonly sinks: readonly SinkStats[];
}
