import type { Patch } from "./build.ts";
import type { ControlSchedule } from "./control-schedule.ts";

/** A fault of controls. */
export interface ControlFault {
  /** The message of the simulation about it. */
  readonly finding: RegExp;
  /** The part that all schedules of its search have in common, so that the search does not take long. */
  readonly only?: Partial<ControlSchedule>;
  /** The seed with which it is found soon. Default 1. */
  readonly seed?: number;
  /** The first schedule of the seed that is tried: those before it do not find the fault. Default 0. */
  readonly first?: number;
  /** Changes that put it into the code. */
  readonly patches: readonly Patch[];
}

const CONTROLS = "packages/controls/src";
const HUB = "packages/node/src/relay/controls/control-hub.ts";

export const CONTROL_FAULTS: Readonly<Record<string, ControlFault>> = {
  "presses are sent again after a lost connection": {
    finding: /was executed twice|was executed after it was refused/,
    patches: [
      {
        file: `${CONTROLS}/panel/client/panel-client.ts`,
        from: "if (isSent) this.#presses.add(id, program, name);",
        to: "if (isSent) (this.#presses.add(id, program, name), ((this as any).kept ??= []).push(message(id)));",
      },
      {
        file: `${CONTROLS}/panel/client/panel-client.ts`,
        from: "this.#values.resend(come);",
        to: "for (const kept of (this as any).kept ?? []) if (come.has(kept.program)) this.#socket.send(kept);",
      },
    ],
  },
  "a press counts as done before its handler has settled": {
    finding: /a panel was told that \S+ was done/,
    patches: [
      {
        file: `${CONTROLS}/program/control-program.ts`,
        from: "const settled = await run;\n    this.#setup.log.settled",
        to: 'const settled = { outcome: "done" } as Settled;\n    void run;\n    this.#setup.log.settled',
      },
    ],
  },
  "a value without an answer is not sent again": {
    finding: /pending values|does not answer/,
    patches: [
      {
        file: `${CONTROLS}/panel/client/value-sender.ts`,
        from: "  change.isSent = false;\n}",
        to: "}",
      },
    ],
  },
  "a value that is sent again is set again": {
    finding: /the change \S+ of \w+ was executed twice/,
    first: 160,
    patches: [
      {
        file: `${CONTROLS}/program/control-program.ts`,
        from: "if (action.resent === true && this.#sets.repeat(key, answer)) return;",
        to: "",
      },
    ],
  },
  "a panel shows a value that a person has set after the program has set another one": {
    finding: /a panel shows the values/,
    patches: [
      {
        file: `${CONTROLS}/panel/client/panel-client.ts`,
        from: "this.#list.setPending(program, this.#values.pendingOf(program));\n    // A relay",
        to: `this.#list.setValues(program, { [change.name]: (change as any).value });
    this.#list.setPending(program, this.#values.pendingOf(program));
    // A relay`,
      },
    ],
  },
  "values that the program sets after its offer are dropped until the relay is ready": {
    finding: /a panel shows the values/,
    first: 630,
    patches: [
      {
        file: `${CONTROLS}/open/program-link.ts`,
        from: "if (!this.#hasOffered ||",
        to: "if (!this.#isReady ||",
      },
    ],
  },
  "a held button is released by its panel alone": {
    finding: /was released \d+ ms after the last beat/,
    first: 2160,
    patches: [{ file: `${CONTROLS}/program/held-buttons.ts`, from: "if (late.length === 0) return;", to: "return;" }],
  },
  "panels do not notice that the connection of a program has ended": {
    finding: /for ever|does not answer/,
    first: 2160,
    patches: [
      {
        file: HUB,
        from: "this.#programs.delete(program.id);\n    this.#tellPanels(program);",
        to: "this.#programs.delete(program.id);",
      },
    ],
  },
  "a change is logged twice": {
    finding: /rows too many/,
    patches: [
      {
        file: `${CONTROLS}/program/control-program.ts`,
        from: "this.#setup.log.value(change);\n    this.present",
        to: "this.#setup.log.value(change);\n    this.#setup.log.value(change);\n    this.present",
      },
    ],
  },
};
