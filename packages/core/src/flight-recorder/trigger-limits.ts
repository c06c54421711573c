import { checkOptions } from "../checks/check-arguments.ts";
import { invalidArgument } from "../checks/invalid-value-error.ts";

/** Limits of a trigger that fires by itself. */
export interface TriggerOptions {
  /** The shortest time between two dumps of this trigger, in seconds. Default 60. */
  cooldownSeconds?: number | undefined;
  /** The most dumps of this trigger in the life of the process. Default 20. */
  maxDumps?: number | undefined;
}

const DEFAULT_COOLDOWN_SECONDS = 60;
const DEFAULT_MAX_DUMPS = 20;

/** Decides whether a trigger may fire again. */
export class TriggerLimits {
  readonly #cooldownMs: number;
  readonly #maxDumps: number;
  #firedAt = -Infinity;
  #dumps = 0;

  /** @throws {TypeError} if an option is wrong */
  constructor(caller: string, options: TriggerOptions = {}, known: Readonly<Record<string, 1 | "boolean">> = {}) {
    checkOptions(caller, options, { cooldownSeconds: 1, maxDumps: 1, ...known });
    const { cooldownSeconds = DEFAULT_COOLDOWN_SECONDS, maxDumps = DEFAULT_MAX_DUMPS } = options;
    if (!(typeof cooldownSeconds === "number" && cooldownSeconds >= 0))
      throw invalidArgument("cooldownSeconds", "a number of seconds, 0 or more", cooldownSeconds);
    if (!(typeof maxDumps === "number" && maxDumps > 0))
      throw invalidArgument("maxDumps", "a positive number of dumps", maxDumps);
    this.#cooldownMs = cooldownSeconds * 1000;
    this.#maxDumps = maxDumps;
  }

  /** Whether the trigger may fire now. If so, it counts as fired. */
  take(): boolean {
    const now = performance.now();
    if (this.#dumps >= this.#maxDumps || now - this.#firedAt < this.#cooldownMs) return false;
    this.#firedAt = now;
    this.#dumps++;
    return true;
  }
}
