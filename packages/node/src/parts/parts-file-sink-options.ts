import type { EncodedMessage, RerunError } from "@rerun-ts/core";
import type { OptionNames } from "@rerun-ts/core/checks";
import type { FsyncPolicy } from "../file/fsync-policy.ts";

/** The limits of the parts of a recording, and their protection against a loss of power. */
export interface PartsFileSinkOptions {
  /**
   * A part is complete at this size, in bytes or as text such as `"64MB"`. The message that reaches this size is still
   * in the part. Default `"128MB"`.
   */
  maxBytes?: number | string | undefined;
  /** A part is complete at this age, in seconds from its first message. Default 60. `Infinity` means no limit. */
  maxSeconds?: number | undefined;
  /**
   * The policy for synchronizing parts with the disk, against a loss of power: `"never"`, `"interval"` (within a
   * second) or `"every-ack"` (before `flush` settles). With the last two a part is on the disk before it gets its name.
   * Default `"never"`: flushed data survives any end of the process.
   */
  fsync?: FsyncPolicy | undefined;
}

export const PARTS_FILE_SINK_OPTIONS: OptionNames<PartsFileSinkOptions> = { maxBytes: 1, maxSeconds: 1, fsync: 1 };

/** A complete part. */
export interface FinishedPart {
  readonly path: string;
  /** The number of new rows. */
  readonly rows: number;
  /** Whether the part may have static data. */
  readonly hasStatics: boolean;
}

/** The calls of another sink for the parts of a `PartsFileSink`. */
export interface PartsControl {
  /** The bytes of the parts that are being written. */
  readonly openBytes: number;
  /** Why parts cannot be written, or finished, now. */
  readonly failure: RerunError | undefined;
  /** Finishes all parts: the next message begins new ones. Rejects if one could not be finished. */
  finish(): Promise<void>;
  /** Keeps a message of the retained state, which is in no part, for the beginnings of later parts. */
  retainLost(message: EncodedMessage): void;
  /** From now on, parts begin with large static data of earlier parts once an hour only. */
  repeatLargeStaticsHourly(): void;
  /** The next parts begin with all static data, because parts were lost. */
  repeatStatics(): void;
  /** Calls back for each complete part. */
  onFinished(listener: (part: FinishedPart) => void): void;
  /** Calls back before the sink goes on after a failure, for the folder of the next parts. */
  onFailed(listener: () => string): void;
}
