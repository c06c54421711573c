import { NATS_FAULTS } from "./faults-of-nats.ts";
import { PROGRAM_FAULTS } from "./faults-of-programs.ts";
import { STORE_FAULTS } from "./faults-of-stores.ts";
import type { FaultyWorldParts } from "./faulty-world-parts.ts";

const FAULTS = { ...PROGRAM_FAULTS, ...NATS_FAULTS, ...STORE_FAULTS };
/** The name of a fault. */
export type FaultName = keyof typeof FAULTS;

/** What happens to programs, servers and disks in the world, one fault after the other. */
export class FaultyWorld {
  /** The faults so far. */
  readonly happened: string[] = [];
  readonly #parts: FaultyWorldParts;
  /** The faults that have not happened in this turn. */
  #left: FaultName[] = [];

  constructor(parts: FaultyWorldParts) {
    this.#parts = parts;
  }

  /** Lets a fault happen. Resolves at its end. */
  async happen(name: FaultName): Promise<void> {
    const at = this.happened.push(name) - 1;
    const details = await FAULTS[name](this.#parts);
    if (typeof details === "string") this.happened[at] = `${name} (${details})`;
  }

  /** Lets another fault happen: each in turn, in the order of this run, so that few faults are many different ones. */
  async happenNext(): Promise<void> {
    if (this.#left.length === 0) this.#left = Object.keys(FAULTS) as FaultName[];
    const [name] = this.#left.splice(this.#parts.random(this.#left.length), 1);
    if (name !== undefined) await this.happen(name);
  }
}
