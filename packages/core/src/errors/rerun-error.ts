/**
 * The kind of a {@link RerunError}. Compare the code instead of the message. Later versions may add codes: a `switch`
 * needs a `default`.
 */
export type RerunErrorCode =
  /** A wrong argument or option of a call. */
  | "INVALID_ARGUMENT"
  /** Data that cannot be logged. */
  | "INVALID_DATA"
  /** The global recording is missing. */
  | "NO_RECORDING"
  /** Logging is disabled. */
  | "DISABLED"
  /** The recording, the sink or the file is closed. */
  | "CLOSED"
  /** Two sinks write to one place. */
  | "DUPLICATE_SINK"
  /** A file, a folder or a stream cannot be read or written. `cause` has the reason. */
  | "IO_ERROR"
  /** A server cannot be reached, or the connection was lost. */
  | "CONNECTION"
  /** A server rejected a request. */
  | "SERVER"
  /** A server or a user denied access. */
  | "AUTH"
  /** A server could not bind its port. */
  | "LISTEN_FAILED"
  /** A viewer could not be run, exited immediately, or lacks files. */
  | "VIEWER_FAILED"
  /** The time of a call is over. */
  | "TIMEOUT"
  /** The signal of a call fired, or a user cancelled. */
  | "ABORTED"
  /** A queue is full. */
  | "QUEUE_FULL"
  /** The disk or the storage of the origin is full. */
  | "QUOTA"
  /** The runtime or the format lacks a feature for the call. */
  | "UNSUPPORTED"
  /** The source is damaged, or has another format. */
  | "INVALID_FORMAT"
  /** The file, recording, program or entry does not exist of a catalog. */
  | "NOT_FOUND"
  /** There is something with this name already. */
  | "ALREADY_EXISTS"
  /** A fault of this SDK, or an unknown error. */
  | "INTERNAL";

/** Further properties of a {@link RerunError}. */
export interface RerunErrorOptions {
  /** The cause of this error. Default: none. */
  cause?: unknown;
  /** The argument, option or archetype field at fault, e.g. `Points3D.positions`. Default: none. */
  argument?: string | undefined;
  /** The path of the entity being logged. Default: none. */
  entityPath?: string | undefined;
}

const BRAND = "rerun-ts.RerunError";

/**
 * The error class of this SDK. Calls that return promises fail with it, with the code `INVALID_ARGUMENT` for wrong
 * arguments. Strict mode throws it, and the `warning` and `error` events carry it. Synchronous calls, such as
 * constructors and `TimeColumn.sequence`, throw a plain `TypeError` or `RangeError` for wrong arguments, like the
 * language.
 *
 * @example
 * await rec.flush({ signal }).catch((error) => {
 *   if (!rr.isRerunError(error) || error.code !== "ABORTED") throw error;
 * });
 */
export class RerunError extends Error {
  /** Always `RerunError`. */
  override readonly name: string = "RerunError";
  /** The kind of the error. */
  readonly code: RerunErrorCode;
  /** The argument, option or archetype field at fault, if there is one. */
  readonly argument: string | undefined;
  /** The path of the entity being logged, if there was one. */
  readonly entityPath: string | undefined;

  constructor(code: RerunErrorCode, message: string, options: RerunErrorOptions = {}) {
    const { cause, argument, entityPath } = options;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.argument = argument;
    this.entityPath = entityPath;
    Object.defineProperty(this, Symbol.for(BRAND), { value: true });
  }

  /** Errors of other copies of this package are instances, too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === RerunError ? isRerunError(value) : Function.prototype[Symbol.hasInstance].call(this, value);
  }

  /** Wraps any thrown value, with the code `INTERNAL` by default. A `RerunError` is returned unchanged. */
  static from(reason: unknown, code: RerunErrorCode = "INTERNAL"): RerunError {
    if (isRerunError(reason)) return reason;
    return new RerunError(code, messageOf(reason), { cause: reason });
  }
}

/**
 * Whether `value` is a {@link RerunError}. Unlike `instanceof`, this function also recognises errors of another copy of
 * this package.
 */
export function isRerunError(value: unknown): value is RerunError {
  return typeof value === "object" && value !== null && Symbol.for(BRAND) in value;
}

/** The message of any thrown value. Never throws. */
export function messageOf(reason: unknown): string {
  try {
    return String(reason instanceof Error ? reason.message || reason.name : reason);
  } catch {
    return "a value that has no description was thrown";
  }
}
