import { messageOf } from "@rerun-ts/core/checks";

/** Data of an MCAP file that could not be converted. */
export interface McapProblem {
  /** The topic, if the problem belongs to a channel. */
  readonly topic: string | undefined;
  /** The log time of the first message with this problem, in nanoseconds. */
  readonly time: bigint | undefined;
  /** The message of the error. */
  readonly reason: string;
  /** The number of messages with this problem. 0 for problems of a file or a channel. */
  readonly messages: number;
}

/** The maximum number of different problems in the log. */
const MAX_PROBLEMS = 10_000;

/** Counts problems, and reports each topic and reason once. */
export class ProblemLog {
  readonly #problems = new Map<string, McapProblem>();
  readonly #onProblem: ((problem: McapProblem) => void) | undefined;

  constructor(onProblem: ((problem: McapProblem) => void) | undefined) {
    this.#onProblem = onProblem;
  }

  /** All problems so far. */
  get list(): readonly McapProblem[] {
    return [...this.#problems.values()];
  }

  addMessage(topic: string, time: bigint, error: unknown): void {
    this.#add(topic, time, messageOf(error), 1);
  }

  /** Adds a problem of a file, or of a channel. */
  add(topic: string | undefined, error: unknown): void {
    this.#add(topic, undefined, messageOf(error), 0);
  }

  #add(topic: string | undefined, time: bigint | undefined, reason: string, messages: number): void {
    const key = `${topic ?? ""}\0${reason}`;
    const known = this.#problems.get(key);
    if (known === undefined && this.#problems.size >= MAX_PROBLEMS) return;
    const problem = {
      topic,
      time: known === undefined ? time : known.time,
      reason,
      messages: (known?.messages ?? 0) + messages,
    };
    this.#problems.set(key, problem);
    if (known === undefined) this.#onProblem?.(problem);
  }
}
