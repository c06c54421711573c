import { RerunError, type RerunErrorCode } from "@rerun-ts/core";

/** Errors of the store as a whole. */
const FATAL: ReadonlySet<RerunErrorCode> = new Set(["ABORTED", "AUTH", "UNSUPPORTED"]);
/** Errors that may be those of the store as a whole or of this machine, and the number of recordings that show it. */
const DOUBTFUL: ReadonlySet<RerunErrorCode> = new Set(["CONNECTION", "IO_ERROR", "QUOTA"]);
const MAX_DOUBTFUL = 5;

/** A recording that failed. Others are not affected. */
export interface FailedRecording {
  /** The id of the recording, as in its keys. */
  readonly recordingId: string;
  /** The reason. */
  readonly error: RerunError;
}

/** Decides whether a failure is that of one recording. */
export class RecordingFailures {
  readonly failed: FailedRecording[] = [];
  /** The number of recordings with a doubtful error, one after the other. */
  #doubtful = 0;

  succeed(): void {
    this.#doubtful = 0;
  }

  /** Notes a failure. @throws {RerunError} the error, if it is not that of one recording */
  fail(recordingId: string, error: unknown, signal: AbortSignal | undefined): void {
    const failure = RerunError.from(error);
    if (DOUBTFUL.has(failure.code)) this.#doubtful++;
    // Nothing can be merged without that folder.
    const isOver = FATAL.has(failure.code) || failure.argument === "temporaryFolder";
    if (isOver || signal?.aborted === true || this.#doubtful >= MAX_DOUBTFUL) throw failure;
    this.failed.push({ recordingId, error: failure });
  }
}
