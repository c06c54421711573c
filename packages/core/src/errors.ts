/** What went wrong, as a closed set: switch on it instead of matching messages. */
export type RerunErrorCode =
  | "INVALID_ARGUMENT"
  | "INVALID_DATA"
  | "NO_RECORDING"
  | "DISABLED"
  | "CLOSED"
  | "DUPLICATE_SINK"
  | "FILE"
  | "CONNECTION"
  | "SERVER"
  | "AUTH"
  | "TIMEOUT"
  | "ABORTED"
  | "QUEUE_FULL"
  | "QUOTA"
  | "UNSUPPORTED"
  | "FORMAT"
  | "INTERNAL";

/** Details that a {@link RerunError} carries besides its message. */
export interface RerunErrorOptions {
  /** The error that led to this one. */
  cause?: unknown;
  /** The argument, option or archetype field at fault, e.g. `Points3D.positions`. */
  argument?: string | undefined;
  /** The entity that was being logged. */
  entityPath?: string | undefined;
}

const BRAND = "rerun-ts.RerunError";

/**
 * The one error class of this SDK. Lifecycle calls reject with it, strict mode throws it,
 * and the `warning` and `error` events carry it.
 */
export class RerunError extends Error {
  override readonly name: string = "RerunError";
  readonly code: RerunErrorCode;
  /** The argument, option or archetype field at fault, if there is one. */
  readonly argument: string | undefined;
  /** The entity that was being logged, if there was one. */
  readonly entityPath: string | undefined;

  constructor(code: RerunErrorCode, message: string, options?: RerunErrorOptions) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.argument = options?.argument;
    this.entityPath = options?.entityPath;
    Object.defineProperty(this, Symbol.for(BRAND), { value: true });
  }

  /** Wraps anything that was thrown; a `RerunError` is returned as it is. `code` defaults to `INTERNAL`. */
  static from(reason: unknown, code: RerunErrorCode = "INTERNAL"): RerunError {
    if (isRerunError(reason)) return reason;
    const message = reason instanceof Error ? reason.message : String(reason);
    return new RerunError(code, message, { cause: reason });
  }
}

/** Whether `value` is a {@link RerunError}, also one of another copy of this package. */
export function isRerunError(value: unknown): value is RerunError {
  return typeof value === "object" && value !== null && Symbol.for(BRAND) in value;
}
