import { RerunError, messageOf } from "../errors/rerun-error.ts";
import { InvalidValueError } from "../checks/invalid-value-error.ts";
import type { SinkStats } from "../sink/sink.ts";
import type { EventHub } from "./events.ts";

/** Number of distinct problems that are reported. Later ones are only counted. */
const MAX_PROBLEMS = 1000;

/** Options of {@link Reporter}. */
export interface FailureReporterOptions {
  /** Whether invalid data is thrown instead of reported. */
  readonly strict: boolean;
  /** Receives warnings instead of the console. */
  readonly onWarning?: ((warning: RerunError) => void) | undefined;
  /** Receives errors instead of the console. */
  readonly onError?: ((error: RerunError) => void) | undefined;
}

/** The location and the effect of invalid data, for its report. */
export interface InvalidContext {
  /** The user's name of the invalid argument or field, e.g. `Points3D.positions`. */
  readonly argument: string;
  /** The canonical path of the entity, if it is known. */
  readonly entityPath?: string | undefined;
  /** The effect on the call, as the end of the message: "nothing was logged". */
  readonly consequence: string;
}

/**
 * Reports the problems of a recording: as events, and to the user's handlers or the console.
 *
 * There are three kinds: invalid data (a warning, or an exception in strict mode), notices (always a warning) and
 * failures (an error). Each distinct warning is reported once. Above 1,000 distinct warnings, further ones are only
 * counted, so that a loop with invalid data does not flood the console. No method throws, except in strict mode, even
 * if listeners and handlers do.
 */
export class Reporter {
  /** Whether invalid data is thrown instead of reported. */
  strict: boolean;
  /** The number of warnings so far, including repeated ones. */
  warnings = 0;
  readonly #events: EventHub;
  readonly #onWarning: ((warning: RerunError) => void) | undefined;
  readonly #onError: ((error: RerunError) => void) | undefined;
  readonly #seen = new Set<string>();
  /** The reported errors, and how to print them. */
  readonly #reportedErrors = new WeakMap<RerunError, () => void>();
  #isEmitting = false;

  constructor(options: FailureReporterOptions, events: EventHub) {
    this.strict = options.strict;
    this.#onWarning = options.onWarning;
    this.#onError = options.onError;
    this.#events = events;
  }

  /**
   * Reports invalid data, or throws it in strict mode. An error that user code throws while its data is read, such as
   * in `asComponents`, counts as invalid data too.
   */
  invalid(error: unknown, { entityPath, consequence, ...context }: InvalidContext): void {
    const argument =
      error instanceof InvalidValueError ? (error.argument ?? context.argument) + error.path : context.argument;
    const where = entityPath === undefined ? "" : ` at \`${entityPath}\``;
    const details = { argument, entityPath, cause: error instanceof InvalidValueError ? undefined : error };
    const { text, key } = describeProblem(error);
    const problem = new RerunError("INVALID_DATA", `\`${argument}\`${where} ${text}; ${consequence}`, details);
    if (this.strict) throw problem;
    this.#warnOnce(`${argument}\0${entityPath ?? ""}\0${key}`, problem);
  }

  /** Reports a notice as a warning, and never throws it. */
  notice(message: string, code: RerunError["code"] = "INVALID_ARGUMENT"): void {
    this.#warnOnce(message, new RerunError(code, message));
  }

  /** Reports a failure, of `sink` if it is given. The same error object is reported once. */
  error(error: RerunError, sink?: SinkStats): void {
    this.failure(error, sink)();
  }

  /** Reports a failure to listeners and handlers. Returns a function that prints the failure if there is no handler. */
  failure(error: RerunError, sink?: SinkStats): () => void {
    const known = this.#reportedErrors.get(error);
    if (known !== undefined) return known;
    let isPrinted = this.#onError !== undefined;
    const print = (): void => {
      if (!isPrinted) console.error(`[rerun] ${error.message}`);
      isPrinted = true;
    };
    this.#reportedErrors.set(error, print);
    // An error of a listener is not reported to the listeners.
    if (!this.#isEmitting) {
      this.#isEmitting = true;
      this.#events.emit("error", { sink, error });
      this.#isEmitting = false;
    }
    if (this.#onError !== undefined) this.#callHandler(this.#onError, error);
    return print;
  }

  #warnOnce(key: string, problem: RerunError): void {
    this.warnings++;
    if (this.#seen.has(key) || this.#seen.size === MAX_PROBLEMS) return;
    const isLast = this.#seen.add(key).size === MAX_PROBLEMS;
    this.#emit(problem);
    if (!isLast) return;
    this.#emit(
      new RerunError(
        "INVALID_DATA",
        `${MAX_PROBLEMS} distinct problems were reported; further ones are only counted in \`stats().warnings\``,
      ),
    );
  }

  #emit(warning: RerunError): void {
    this.#events.emit("warning", { warning });
    if (this.#onWarning === undefined) console.warn(`[rerun] ${warning.message}`);
    else this.#callHandler(this.#onWarning, warning);
  }

  #callHandler(handler: (error: RerunError) => void, error: RerunError): void {
    try {
      handler(error);
    } catch (thrown) {
      console.error("[rerun] an error handler threw", thrown);
    }
  }
}

/**
 * The text of a problem, and a key that distinguishes it from other problems of the same argument. The key omits the
 * value, which may differ each time.
 */
function describeProblem(error: unknown): { readonly text: string; readonly key: string } {
  if (error instanceof InvalidValueError) return { text: error.message, key: error.expected };
  const thrown = messageOf(error);
  return { text: `could not be read: ${thrown}`, key: thrown };
}
