import { now } from "@rerun-ts/core/util";
import { RELEASE_MS } from "../protocol.ts";

/** Interval at which beats are checked, in milliseconds. */
const CHECK_MS = 50;

/** After a stall of the event loop timers run first: the beats that have arrived meanwhile are read before the next. */
const MIN_CHECKS = 2;

/** The last beat of a panel, and the number of checks since. */
interface Beat {
  readonly at: number;
  checks: number;
}

/** A button that a panel holds. */
export interface HeldButton {
  readonly name: string;
  readonly client: string;
  readonly by: string;
  readonly id: string;
}

/**
 * Releases buttons whose panel is gone, or has not sent a beat for {@link RELEASE_MS}. The program watches itself, so a
 * relay that hangs releases too.
 */
export class HeldButtons {
  readonly #held = new Map<string, HeldButton>();
  readonly #beats = new Map<string, Beat>();
  readonly #release: (button: HeldButton, reason: string) => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(release: (button: HeldButton, reason: string) => void) {
    this.#release = release;
  }

  /** The button of this name, if somebody holds it. */
  get(name: string): HeldButton | undefined {
    return this.#held.get(name);
  }

  press(button: HeldButton): void {
    this.#held.set(button.name, button);
    this.#beats.set(button.client, { at: now(), checks: 0 });
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS);
    (this.#timer as { unref?(): void }).unref?.();
  }

  beat(client: string): void {
    if (this.#beats.has(client)) this.#beats.set(client, { at: now(), checks: 0 });
  }

  /** Forgets a button that its panel has released. */
  forget(name: string): void {
    const button = this.#held.get(name);
    if (button === undefined) return;
    this.#held.delete(name);
    if (![...this.#held.values()].some(({ client }) => client === button.client)) this.#beats.delete(button.client);
    if (this.#held.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Releases the buttons that match. */
  releaseWhere(matches: (button: HeldButton) => boolean, reason: string): void {
    for (const button of [...this.#held.values()].filter(matches)) {
      this.forget(button.name);
      this.#release(button, reason);
    }
  }

  #check(): void {
    for (const beat of this.#beats.values()) beat.checks++;
    const isLate = ({ at, checks }: Beat): boolean => checks >= MIN_CHECKS && now() - at > RELEASE_MS;
    const late = [...this.#beats].filter(([, beat]) => isLate(beat)).map(([client]) => client);
    if (late.length === 0) return;
    this.releaseWhere(({ client }) => late.includes(client), "the panel no longer answers");
  }
}
