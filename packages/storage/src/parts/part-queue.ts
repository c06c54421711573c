import { RerunError } from "@rerun-ts/core";
import { requestedWait } from "../store/rejected-error.ts";
import { jittered } from "../store/store-gate.ts";

/** The wait until a refused part is tried again: longer each time, up to a minute. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;
/** The number of consecutive refusals after which all known parts wait, because the store may refuse everything. */
const MAX_REFUSALS = 8;
const MAX_NAMED = 5;

/** A part that was not sent yet. */
export interface WaitingPart {
  /** Its name, which no other part has. */
  readonly name: string;
  readonly bytes: number;
  /** The number of rows of the part. */
  readonly rows: number;
  /** The time since the part was complete, in milliseconds. Default 0. */
  readonly ageMs?: number | undefined;
  /** Whether an earlier program has left the part: nobody waits for it. Default `false`. */
  readonly isLeft?: boolean | undefined;
  /** Whether static data of the recording is lost with the part. Default `false`. */
  readonly hasStatics?: boolean | undefined;
}

/** A part in a {@link PartQueue}. */
export interface Pending<Part> {
  readonly part: Part;
  /** The time at which the part was complete, on the monotonic clock. */
  readonly since: number;
  /** Whether the part is stored, and whether it is being sent. */
  isReady: boolean;
  isActive: boolean;
  failures: number;
  /** The time of the next attempt, on the monotonic clock. */
  dueAt: number;
  /** The refusal of this part, if the last answer was one. */
  refusal?: RerunError | undefined;
}

/** The parts to send. A refused part waits alone, while others are sent. */
export class PartQueue<Part extends WaitingPart> {
  /** The bytes of all parts. */
  bytes = 0;
  /** By their names. */
  readonly #pending = new Map<string, Pending<Part>>();
  /** The refusals in a row, and the time until which known parts wait if there are many. */
  #refusals = 0;
  #holdUntil = 0;

  get size(): number {
    return this.#pending.size;
  }

  get all(): Iterable<Pending<Part>> {
    return this.#pending.values();
  }

  /** The age of the oldest part, in milliseconds. */
  get oldestMs(): number {
    const now = performance.now();
    let oldest = now;
    for (const { since } of this.#pending.values()) oldest = Math.min(oldest, since);
    return now - oldest;
  }

  add(part: Part): void {
    const since = performance.now() - (part.ageMs ?? 0);
    this.#pending.set(part.name, { part, since, isReady: false, isActive: false, failures: 0, dueAt: 0 });
    this.bytes += part.bytes;
  }

  get(name: string): Pending<Part> | undefined {
    return this.#pending.get(name);
  }

  remove({ name, bytes }: Part): void {
    if (this.#pending.delete(name)) this.bytes -= bytes;
  }

  count(isCounted: (pending: Pending<Part>) => boolean): number {
    let count = 0;
    for (const pending of this.#pending.values()) if (isCounted(pending)) count++;
    return count;
  }

  /** The next part to send, which may not be due yet: of those that are due, the one with the fewest failures. */
  next(): Pending<Part> | undefined {
    const now = performance.now();
    const waitOf = (pending: Pending<Part>): number => Math.max(0, this.dueAt(pending) - now);
    let best: Pending<Part> | undefined;
    for (const pending of this.#pending.values()) {
      if (!pending.isReady || pending.isActive) continue;
      const isBetter =
        best === undefined ||
        (waitOf(pending) - waitOf(best) || pending.failures - best.failures || pending.since - best.since) < 0;
      if (isBetter) best = pending;
    }
    return best;
  }

  /** The oldest part that is not being sent. */
  removable(isOwn = false): Pending<Part> | undefined {
    let oldest: Pending<Part> | undefined;
    for (const pending of this.#pending.values()) {
      const isFree = pending.isReady && !pending.isActive && !(isOwn && pending.part.isLeft === true);
      if (isFree && (oldest === undefined || pending.since < oldest.since)) oldest = pending;
    }
    return oldest;
  }

  /** The time at which a part may be sent, on the monotonic clock. */
  dueAt(pending: Pending<Part>): number {
    return this.isHeld(pending) ? Math.max(pending.dueAt, this.#holdUntil) : pending.dueAt;
  }

  /** Whether a part waits because the store refuses everything. New parts are tried nevertheless. */
  isHeld({ part, failures }: Pending<Part>): boolean {
    return this.#refusals >= MAX_REFUSALS && (failures > 0 || part.isLeft === true);
  }

  /** A part was refused. */
  refuse(pending: Pending<Part>, error: RerunError): void {
    const now = performance.now();
    pending.refusal = error;
    pending.dueAt = now + Math.max(requestedWait(error), waitAfter(pending.failures));
    if (++this.#refusals >= MAX_REFUSALS) this.#holdUntil = now + waitAfter(this.#refusals - MAX_REFUSALS + 1);
  }

  /** The store has accepted a part. */
  accept(): void {
    this.#refusals = 0;
  }

  /** Makes all parts due. */
  retryNow(): void {
    this.#refusals = this.#holdUntil = 0;
    for (const pending of this.#pending.values()) pending.dueAt = 0;
  }
}

/** The wait after a number of failures, in milliseconds. */
function waitAfter(failures: number): number {
  return jittered(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1)));
}

/** The error for parts that were refused. */
export function refusedParts(parts: readonly Pending<WaitingPart>[]): RerunError {
  const named = parts.slice(0, MAX_NAMED).map(({ part, refusal }) => `${part.name}: ${refusal?.message}`);
  const more = parts.length > MAX_NAMED ? `; and ${parts.length - MAX_NAMED} more` : "";
  const what =
    parts.length === 1 ? "1 part was refused and is kept" : `${parts.length} parts were refused and are kept`;
  const cause = parts[0]?.refusal;
  const text = `${what}, all others are stored: ${named.join("; ")}${more}`;
  return new RerunError(cause?.code ?? "SERVER", text, { cause });
}
