import type { World } from "./world.ts";

/**
 * A process of a simulation that can be killed and frozen. Work that it has begun outside may go on, but the process
 * never learns of it. So the process may end at each of its calls.
 */
export class SimulatedProcess {
  isAlive = true;
  readonly #world: World;
  #frozenUntil = 0;

  constructor(world: World) {
    this.#world = world;
  }

  kill(): void {
    this.isAlive = false;
  }

  freeze(ms: number): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#world.now + ms);
  }

  /** Lets the process learn of something, unless it was killed. */
  notify(learn: () => void): void {
    if (!this.isAlive) return;
    if (this.#world.now < this.#frozenUntil) {
      this.#world.after(this.#frozenUntil - this.#world.now, () => this.notify(learn));
      return;
    }
    learn();
  }
}
