import { randomId } from "@rerun-ts/core/util";
import type { Settled } from "../program/change.ts";
import type { ControlProgram } from "../program/control-program.ts";
import type { FromProgram, PanelAction } from "../protocol.ts";
import type { RecordedChange } from "../replay/recorded-changes.ts";
import type { ReplayTarget } from "../replay/replay-target.ts";

type Answer = Extract<FromProgram, { readonly type: "answer" }>;

/** Does what a recording has with the controls of a program, and waits for the answers. */
export class ReplayedActions implements ReplayTarget {
  readonly #program: () => ControlProgram;
  readonly #isClosed: () => boolean;
  readonly #waiting = new Map<string, (settled: Settled) => void>();

  constructor(program: () => ControlProgram, isClosed: () => boolean) {
    this.#program = program;
    this.#isClosed = isClosed;
  }

  get panels(): number {
    return this.#program().panels.size;
  }

  get isClosed(): boolean {
    return this.#isClosed();
  }

  act(change: RecordedChange): Promise<Settled> {
    const id = randomId();
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#program().replay(actionOf(change, id));
    });
  }

  answer({ id, outcome, message }: Answer): void {
    if (outcome === "received") return;
    this.#waiting.get(id)?.({ outcome, message });
    this.#waiting.delete(id);
  }
}

function actionOf({ name, value, phase = "press", pick, key }: RecordedChange, id: string): PanelAction {
  if (value !== undefined) return { type: "set", id, name, value };
  if (pick !== undefined) return { type: "pick", id, pick };
  return key === undefined ? { type: "press", id, name, phase, confirmed: true } : { type: "key", id, key };
}
