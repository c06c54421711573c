/** The time after which due work that does not happen is a problem. */
const LIMIT_MS = 30_000;
const MAX_LISTED = 3;

/** Something that was tried in vain. */
interface Failing {
  readonly since: number;
  attempts: number;
  nextAt: number;
  reason: string;
}

/** The waits after failures, in milliseconds. */
const [FIRST_WAIT_MS, MAX_WAIT_MS] = [1000, 60_000];

/** The state of due work. */
export interface DueWorkReport {
  /** Seconds since the last success while something waits, and 0 if nothing does. */
  readonly secondsSinceSuccess: number;
  /** Seconds since the first failure of what has failed longest, and 0 if nothing fails. */
  readonly oldestFailureSeconds: number;
  /** The number of things that fail at present. */
  readonly failing: number;
  /** Why the work is not healthy, in words. */
  readonly problem: string | undefined;
}

/**
 * Tells whether what is due happens: how long ago the last success was while something waits, and what fails for how
 * long. Health, metrics and exit codes are made of it. A failing thing is due again after a wait that grows up to a
 * minute.
 */
export class DueWork {
  readonly #what: string;
  readonly #now: () => number;
  readonly #failing = new Map<string, Failing>();
  #isWaiting = false;
  #successAt: number;

  /** @param what the work, as a subject of sentences, such as `parts of the store` */
  constructor(what: string, now: () => number = () => performance.now()) {
    this.#what = what;
    this.#now = now;
    this.#successAt = now();
  }

  /** Something waits from now on, or nothing does. */
  setWaiting(isWaiting: boolean): void {
    if (isWaiting && !this.#isWaiting) this.#successAt = this.#now();
    this.#isWaiting = isWaiting;
  }

  /** Some of the work was done: this thing, or any. */
  succeed(name?: string): void {
    this.#successAt = this.#now();
    if (name !== undefined) this.#failing.delete(name);
  }

  /** One thing has failed, for a reason that may pass. Returns whether the reason is new. */
  fail(name: string, reason: string): boolean {
    const now = this.#now();
    const known = this.#failing.get(name);
    const failing = known ?? { since: now, attempts: 0, nextAt: 0, reason: "" };
    const isNew = failing.reason !== reason;
    failing.nextAt = now + Math.min(FIRST_WAIT_MS * 2 ** failing.attempts++, MAX_WAIT_MS);
    failing.reason = reason;
    this.#failing.set(name, failing);
    return isNew;
  }

  /** Whether a thing may be tried now: it has not failed, or its wait is over. */
  isDue(name: string): boolean {
    return (this.#failing.get(name)?.nextAt ?? 0) <= this.#now();
  }

  /** Forgets the failures of things that are no longer due. */
  keepOnly(isStillDue: (name: string) => boolean): void {
    for (const name of this.#failing.keys()) if (!isStillDue(name)) this.#failing.delete(name);
  }

  report(): DueWorkReport {
    const now = this.#now();
    const silentMs = this.#isWaiting ? now - this.#successAt : 0;
    const failing = [...this.#failing].sort(([, a], [, b]) => a.since - b.since);
    const oldestMs = now - (failing[0]?.[1].since ?? now);
    const seconds = (ms: number): number => Math.round(ms / 1000);
    const problems: string[] = [];
    if (silentMs > LIMIT_MS) problems.push(`${this.#what} wait, and nothing has succeeded for ${seconds(silentMs)} s`);
    const old = failing.filter(([, { since }]) => now - since > LIMIT_MS);
    const named = old.slice(0, MAX_LISTED).map(([name, { reason }]) => `${name}: ${reason}`);
    if (old.length > 0)
      problems.push(`${old.length} of the ${this.#what} fail for ${seconds(oldestMs)} s (${named.join("; ")})`);
    return {
      secondsSinceSuccess: seconds(silentMs),
      oldestFailureSeconds: seconds(oldestMs),
      failing: failing.length,
      problem: problems.length === 0 ? undefined : problems.join("; "),
    };
  }
}

/** A metric of due work. */
export interface DueWorkMetric {
  readonly name: string;
  readonly help: string;
  readonly value: number;
}

/** The metrics of due work. @param prefix the beginning of their names */
export function dueWorkMetrics(prefix: string, report: DueWorkReport): readonly DueWorkMetric[] {
  const { secondsSinceSuccess, oldestFailureSeconds, failing } = report;
  return [
    {
      name: `${prefix}_seconds_since_success`,
      help: "Seconds since the last success while something waits, otherwise 0.",
      value: secondsSinceSuccess,
    },
    { name: `${prefix}_failing`, help: "Things that fail, and are tried again.", value: failing },
    {
      name: `${prefix}_oldest_failure_seconds`,
      help: "Seconds since the first failure of what has failed longest.",
      value: oldestFailureSeconds,
    },
  ];
}
