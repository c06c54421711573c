/** The default time after which due work that does not happen is a problem. */
const LIMIT_MS = 30_000;
const MAX_LISTED = 3;

/** Work that has failed, and not succeeded since. */
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
  /** Seconds since the last success while work is pending, or else 0. */
  readonly secondsSinceSuccess: number;
  /** Seconds since the failure that has lasted longest began, or 0 without failures. */
  readonly oldestFailureSeconds: number;
  /** The number of failures that have not ended. */
  readonly failing: number;
  /** The number of pending bytes. */
  readonly waitingBytes: number;
  /** The age of the oldest pending bytes in seconds, or 0 without any. */
  readonly oldestWaitingSeconds: number;
  /** Why the work is not healthy, in words. */
  readonly problem: string | undefined;
}

/**
 * Tracks pending work: the time since the last success, and failures with their duration. Health, metrics and exit
 * codes are derived from it. Failed work is due again after a wait that grows up to a minute.
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
   * Sets whether work is pending.
   *
   * @param bytes the pending bytes, and those that are not due yet
   * @param since when the oldest of them arrived. Default: now, or earlier if bytes were pending before this call
   */
  setWaiting(isWaiting: boolean, bytes = 0, since?: number): void {
    if (isWaiting && !this.#isWaiting) this.#successAt = this.#now();
    this.#isWaiting = isWaiting;
    this.#waitingBytes = bytes;
    this.#waitingSince = isWaiting || bytes > 0 ? (since ?? this.#waitingSince ?? this.#now()) : undefined;
  }

  /** Notes a success of the work with this name, or of any work. */
  succeed(name?: string): void {
    this.#successAt = this.#now();
    if (name !== undefined) this.#failing.delete(name);
  }

  /** Forgets a failure, without a success. */
  recover(name: string): void {
    this.#failing.delete(name);
  }

  /** Notes a failure that may be temporary. Returns whether its reason is new. */
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

  /** Whether work may be attempted now: it has not failed, or its wait is over. */
  isDue(name: string): boolean {
    return (this.#failing.get(name)?.nextAt ?? 0) <= this.#now();
  }

  /** Forgets the failures of work that is no longer due. */
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

/** Several reports as one: the longest times, and the sums of pending bytes and failures. */
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
