import { invalidArgument } from "@rerun-ts/core/checks";
import type { ChangeHandler } from "../program/change.ts";
import type { ProgramEvent } from "../program/control-program.ts";

/** Adds and removes the handlers of events. */
export class EventListeners {
  readonly #events: Readonly<Record<ProgramEvent, Set<ChangeHandler>>>;
  readonly #names: readonly ProgramEvent[];

  constructor(events: Readonly<Record<ProgramEvent, Set<ChangeHandler>>>, names: readonly ProgramEvent[]) {
    this.#events = events;
    this.#names = names;
  }

  /** Adds a handler, and returns a function that removes it. @throws {TypeError} if an argument is wrong */
  on(event: ProgramEvent, handler: ChangeHandler): () => void {
    if (!this.#names.includes(event))
      throw invalidArgument("event", this.#names.map((name) => `"${name}"`).join(" or "), event);
    if (typeof handler !== "function") throw invalidArgument("handler", "a function", handler);
    const handlers = this.#events[event];
    handlers.add(handler);
    return () => void handlers.delete(handler);
  }
}
