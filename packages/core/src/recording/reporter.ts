import { RerunError } from "../errors.ts";
import { InvalidValue } from "../invalid-value.ts";
import type { SinkStats } from "../sink/sink.ts";
import type { EventHub } from "./events.ts";

/** How many distinct problems are told apart; what comes later is only counted. */
const MAX_PROBLEMS = 1000;

/** Where a recording's problems go besides its events. */
export interface ReporterOptions {
  /** Throw wrong data instead of reporting it. */
  readonly strict: boolean;
  readonly onWarning?: ((warning: RerunError) => void) | undefined;
  readonly onError?: ((error: RerunError) => void) | undefined;
}

/** What wrong data was meant for. */
export interface InvalidContext {
  /** How users know what was wrong, e.g. `Points3D.positions`. */
  readonly argument: string;
  readonly entityPath?: string | undefined;
  /** What follows from it, as the end of the message. */
  readonly consequence: string;
}

/** Tells users what went wrong: each distinct problem once, wrong data as an exception in strict mode. */
export class Reporter {
  strict: boolean;
  /** How many problems there were, repeated ones counted. */
  warnings = 0;
  readonly #events: EventHub;
  readonly #onWarning: ((warning: RerunError) => void) | undefined;
  readonly #onError: ((error: RerunError) => void) | undefined;
  readonly #seen = new Set<string>();
  readonly #toldErrors = new WeakSet<RerunError>();
  #isFull = false;

  constructor(options: ReporterOptions, events: EventHub) {
    this.strict = options.strict;
    this.#onWarning = options.onWarning;
    this.#onError = options.onError;
    this.#events = events;
  }

  /** Wrong data: thrown in strict mode. What user code threw while it was asked for its data counts as that too. */
  invalid(error: unknown, { entityPath, consequence, ...context }: InvalidContext): void {
    const argument =
      error instanceof InvalidValue ? (error.argument ?? context.argument) + error.path : context.argument;
    const where = entityPath === undefined ? "" : ` at \`${entityPath}\``;
    const details = { argument, entityPath, cause: error instanceof InvalidValue ? undefined : error };
    const { text, key } = describeProblem(error);
    const problem = new RerunError("INVALID_DATA", `\`${argument}\`${where} ${text}; ${consequence}`, details);
    if (this.strict) throw problem;
    this.#tellOnce(`${argument}\0${entityPath ?? ""}\0${key}`, problem);
  }

  /** Something that deserves attention; never thrown. */
  notice(message: string, code: RerunError["code"] = "INVALID_ARGUMENT"): void {
    this.#tellOnce(message, new RerunError(code, message));
  }

  /** A failure; the same error is told once. */
  error(error: RerunError, sink?: SinkStats): void {
    if (this.#toldErrors.has(error)) return;
    this.#toldErrors.add(error);
    this.#events.emit("error", { sink, error });
    if (this.#onError === undefined) console.error(`[rerun] ${error.message}`);
    else this.#call(this.#onError, error);
  }

  #tellOnce(key: string, problem: RerunError): void {
    this.warnings++;
    if (this.#seen.has(key) || this.#isFull) return;
    this.#seen.add(key);
    this.#tell(problem);
    if (this.#seen.size < MAX_PROBLEMS) return;
    this.#isFull = true;
    this.#tell(
      new RerunError(
        "INVALID_DATA",
        `${MAX_PROBLEMS} distinct problems were reported; further ones are only counted, in \`stats().warnings\``,
      ),
    );
  }

  #tell(warning: RerunError): void {
    this.#events.emit("warning", { warning });
    if (this.#onWarning === undefined) console.warn(`[rerun] ${warning.message}`);
    else this.#call(this.#onWarning, warning);
  }

  #call(handler: (error: RerunError) => void, error: RerunError): void {
    try {
      handler(error);
    } catch (thrown) {
      console.error("[rerun] an error handler threw", thrown);
    }
  }
}

/** What is wrong, and what tells it from other problems of the same argument: not the value, which may differ each time. */
function describeProblem(error: unknown): { readonly text: string; readonly key: string } {
  if (error instanceof InvalidValue) return { text: error.message, key: error.expected };
  const thrown = error instanceof Error ? error.message : String(error);
  return { text: `could not be read: ${thrown}`, key: thrown };
}
