import { startTimer } from "@rerun-ts/core/util";
import type { ControlValue } from "../declare/control-types.ts";
import { MAX_CHANGES_PER_SECOND, type DeclarationUpdate, type FromProgram, type Values } from "../protocol.ts";
import type { ControlState } from "./control-state.ts";

/** The most values in a message. */
const GROUP = 32;
const INTERVAL_MS = 1000 / MAX_CHANGES_PER_SECOND;

/** Tells panels the present values and declarations: a change immediately, and then at most 60 times a second. */
export class PresentValues {
  readonly #controls: ReadonlyMap<string, ControlState>;
  readonly #send: (message: FromProgram) => void;
  readonly #values = new Set<ControlState>();
  readonly #updates = new Map<string, DeclarationUpdate>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(controls: ReadonlyMap<string, ControlState>, send: (message: FromProgram) => void) {
    this.#controls = controls;
    this.#send = send;
  }

  /** The present values of all controls. */
  all(): Values {
    return valuesOf(this.#controls.values());
  }

  /** A value has changed. */
  set(control: ControlState): void {
    if (control.isSecret) return;
    this.#values.add(control);
    this.#flushSoon();
  }

  /** A declaration has changed. */
  update(name: string, change: DeclarationUpdate): void {
    this.#updates.set(name, { ...this.#updates.get(name), ...change });
    this.#flushSoon();
  }

  /** Sends what has changed. */
  flush(): void {
    // Lists of options are long.
    for (const [name, change] of this.#updates) this.#send({ type: "update", controls: { [name]: change } });
    const values = [...this.#values];
    for (let at = 0; at < values.length; at += GROUP)
      this.#send({ type: "values", values: valuesOf(values.slice(at, at + GROUP)) });
    this.#updates.clear();
    this.#values.clear();
  }

  #flushSoon(): void {
    if (this.#timer !== undefined) return;
    this.flush();
    const onTime = (): void => {
      this.#timer = undefined;
      if (this.#updates.size + this.#values.size > 0) this.#flushSoon();
    };
    this.#timer = startTimer(onTime, INTERVAL_MS);
  }
}

function valuesOf(controls: Iterable<ControlState>): Values {
  const values: Record<string, ControlValue> = {};
  for (const { name, value } of controls) if (value !== undefined) values[name] = value;
  return values;
}
