/** The default time after which due work that does not happen is a problem. */
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
  /** The number of bytes that wait. */
  readonly waitingBytes: number;
  /** The age of the oldest of what waits in seconds, and 0 if nothing does. */
  readonly oldestWaitingSeconds: number;
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
  readonly #limitMs: number;
  readonly #failing = new Map<string, Failing>();
  #isWaiting = false;
  #successAt: number;
  #waitingBytes = 0;
  #waitingSince: number | undefined;

  /**
   * @param what the work, as a subject of sentences, such as `parts of the store`
   * @param limitMs the time after which due work that does not happen is a problem
   */
  constructor(what: string, now: () => number = () => performance.now(), limitMs: number = LIMIT_MS) {
    this.#what = what;
    this.#now = now;
    this.#limitMs = limitMs;
    this.#successAt = now();
  }

  /**
   * Something is due from now on, or nothing is.
   *
   * @param bytes how much waits, also of what is not due yet
   * @param since when the oldest of it came. Default: with this call, if nothing has waited before
   */
  setWaiting(isWaiting: boolean, bytes = 0, since?: number): void {
    if (isWaiting && !this.#isWaiting) this.#successAt = this.#now();
    this.#isWaiting = isWaiting;
    this.#waitingBytes = bytes;
    this.#waitingSince = isWaiting || bytes > 0 ? (since ?? this.#waitingSince ?? this.#now()) : undefined;
  }

  /** Some of the work was done: this thing, or any. */
  succeed(name?: string): void {
    this.#successAt = this.#now();
    if (name !== undefined) this.#failing.delete(name);
  }

  /** A failure has ended, although none of the work was done. */
  recover(name: string): void {
    this.#failing.delete(name);
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
    const limitMs = this.#limitMs;
    const silentMs = this.#isWaiting ? now - this.#successAt : 0;
    const failing = [...this.#failing].sort(([, a], [, b]) => a.since - b.since);
    const oldestMs = now - (failing[0]?.[1].since ?? now);
    const problems: string[] = [];
    if (this.#isWaiting && silentMs >= limitMs)
      problems.push(`${this.#what} wait, and nothing has succeeded for ${seconds(silentMs)} s`);
    const old = failing.filter(([, { since }]) => now - since >= limitMs);
    const named = old.slice(0, MAX_LISTED).map(([name, { reason }]) => `${name}: ${reason}`);
    if (old.length > 0)
      problems.push(`${old.length} of the ${this.#what} fail for ${seconds(oldestMs)} s (${named.join("; ")})`);
    return {
      secondsSinceSuccess: seconds(silentMs),
      oldestFailureSeconds: seconds(oldestMs),
      failing: failing.length,
      waitingBytes: this.#waitingBytes,
      oldestWaitingSeconds: this.#waitingSince === undefined ? 0 : seconds(now - this.#waitingSince),
      problem: problems.length === 0 ? undefined : problems.join("; "),
    };
  }
}

/** The state of several kinds of due work as one: the longest times, and the sums of what waits and fails. */
export function sumOfDueWork(reports: readonly DueWorkReport[]): DueWorkReport {
  const most = (of: (report: DueWorkReport) => number): number =>
    reports.reduce((max, each) => Math.max(max, of(each)), 0);
  const sum = (of: (report: DueWorkReport) => number): number => reports.reduce((total, each) => total + of(each), 0);
  const problems = reports.flatMap(({ problem }) => problem ?? []);
  const more = problems.length > MAX_LISTED ? `; and ${problems.length - MAX_LISTED} more` : "";
  return {
    secondsSinceSuccess: most((report) => report.secondsSinceSuccess),
    oldestFailureSeconds: most((report) => report.oldestFailureSeconds),
    failing: sum((report) => report.failing),
    waitingBytes: sum((report) => report.waitingBytes),
    oldestWaitingSeconds: most((report) => report.oldestWaitingSeconds),
    problem: problems.length === 0 ? undefined : problems.slice(0, MAX_LISTED).join("; ") + more,
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
