import type { ControlValue } from "../../declare/control-types.ts";
import { MAX_CHANGES_PER_SECOND } from "../../protocol.ts";

const INTERVAL_MS = 1000 / MAX_CHANGES_PER_SECOND;
/** While its program cannot be reached, a value is forgotten at this age: nobody expects a late movement. */
const KEEP_MS = 10_000;
/** Bytes in the socket from which a newer value waits, and takes the place of the older one. */
const MAX_BUFFERED_BYTES = 16 * 1024;

/** A value on its way to a program. */
interface Change {
  readonly id: string;
  readonly program: string;
  readonly name: string;
  readonly value: ControlValue;
  readonly setAt: number;
  isSent: boolean;
  /** Whether it was sent before, over a connection that is lost. */
  isResent: boolean;
}

/** The channel and clock of a {@link ValueSender}. */
export interface ValueSenderOptions {
  newId(): string;
  /** Sends a change. Returns `false` if its program cannot be reached at present. */
  send(change: Pick<Change, "id" | "program" | "name" | "value" | "isResent">): boolean;
  bufferedBytes(): number;
  /** A value that cannot be sent is forgotten. @param wasSent whether it was sent before, without an answer */
  onForgotten(program: string, name: string, wasSent: boolean): void;
}

/**
 * Sends the values of controls: the last value of each counts, and at most 60 are sent a second. Values without an
 * answer are sent again after the connection was lost. One value of each control is kept, so the memory is bounded.
 */
export class ValueSender {
  readonly #options: ValueSenderOptions;
  readonly #changes = new Map<string, Change>();
  readonly #sentAt = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ValueSenderOptions) {
    this.#options = options;
  }

  set(program: string, name: string, value: ControlValue): void {
    const id = this.#options.newId();
    const change = { id, program, name, value, setAt: performance.now(), isSent: false, isResent: false };
    this.#changes.set(keyOf(program, name), change);
    this.#sendDue();
  }

  /** Sends what waits for a program now: an action that follows must not overtake it. */
  flush(program: string): void {
    for (const [key, change] of this.#changes)
      if (change.program === program && !change.isSent) this.#send(key, change);
  }

  /** Takes the answer to a change. Returns the change if it was the last one of its control. */
  settle(id: string): Pick<Change, "name" | "isResent"> | undefined {
    for (const [key, change] of this.#changes) {
      if (change.id !== id) continue;
      this.#changes.delete(key);
      return change;
    }
    return undefined;
  }

  /** A program cannot be reached: its values without an answer wait until it returns, or are forgotten. */
  lose(program: string): void {
    for (const change of this.#changes.values()) if (change.program === program) forgetConnection(change);
    this.#sendDue();
  }

  /** Sends the values of a program again. @param programs the ids of programs that can be reached again */
  resend(programs: ReadonlySet<string>): void {
    for (const change of this.#changes.values()) if (programs.has(change.program)) forgetConnection(change);
    this.#sendDue();
  }

  /** The values without an answer, by the names of their controls. */
  pendingOf(program: string): Readonly<Record<string, ControlValue>> {
    const own = [...this.#changes.values()].filter((change) => change.program === program);
    return Object.fromEntries(own.map(({ name, value }) => [name, value]));
  }

  /** Whether a program has left a value without an answer since a time. */
  isWaitingSince(program: string, time: number): boolean {
    return [...this.#changes.values()].some((change) => change.program === program && change.setAt < time);
  }

  forget(program: string): void {
    for (const [key, change] of this.#changes)
      if (change.program === program) for (const map of [this.#changes, this.#sentAt]) map.delete(key);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#changes.clear();
  }

  #sendDue(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    let next = Infinity;
    for (const [key, change] of this.#changes) {
      if (change.isSent) continue;
      const due = Math.max(now, (this.#sentAt.get(key) ?? -Infinity) + INTERVAL_MS);
      if (due <= now && this.#options.bufferedBytes() < MAX_BUFFERED_BYTES && this.#send(key, change)) continue;
      if (now - change.setAt > KEEP_MS) this.#drop(key, change);
      else next = Math.min(next, Math.max(due, now + INTERVAL_MS));
    }
    // Timers of browsers are whole milliseconds.
    if (next < Infinity) this.#timer = setTimeout(() => this.#sendDue(), Math.ceil(next - now));
  }

  #send(key: string, change: Change): boolean {
    change.isSent = this.#options.send(change);
    if (change.isSent) this.#sentAt.set(key, performance.now());
    return change.isSent;
  }

  #drop(key: string, { program, name, isResent }: Change): void {
    this.#changes.delete(key);
    this.#options.onForgotten(program, name, isResent);
  }
}

/** Marks a value that was sent as one that may have arrived or not. */
function forgetConnection(change: Change): void {
  change.isResent ||= change.isSent;
  change.isSent = false;
}

function keyOf(program: string, name: string): string {
  return JSON.stringify([program, name]);
}
