import { numberOf } from "./arguments.ts";

/** The flag of commands that bear problems for some time. */
export const UNHEALTHY_FLAGS = { "unhealthy-after": { type: "string" } } as const;

const DEFAULT_SECONDS = 30;

/** A problem that counts only after it has lasted for some time. */
export class LastingProblem {
  /** The time after which a problem counts. */
  readonly afterMs: number;
  #since = 0;
  #text: string | undefined;

  /** @param flag the value of `--unhealthy-after`, in seconds */
  constructor(flag: string | undefined) {
    this.afterMs = 1000 * (numberOf("--unhealthy-after", flag) ?? DEFAULT_SECONDS);
  }

  /** Notes a problem, or that there is none now. */
  note(text: string | undefined): void {
    if (this.#text === undefined) this.#since = performance.now();
    this.#text = text;
  }

  /** The problem, if it has lasted long enough. */
  get text(): string | undefined {
    return performance.now() - this.#since >= this.afterMs ? this.#text : undefined;
  }
}
