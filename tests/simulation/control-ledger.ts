import type { FromPanel, ToPanel, ToProgram } from "../../packages/controls/src/protocol.ts";

/** A call of a handler. */
export interface Run {
  readonly id: string;
  readonly name: string;
  /** The value of a change. Each is new. */
  readonly value: number | undefined;
  readonly phase: string | undefined;
  readonly startedAt: number;
  settledAt: number | undefined;
  outcome: "running" | "done" | "failed";
}

/** A row that the program has logged about a change. */
interface ChangeRow {
  readonly path: string;
  readonly id: string;
  readonly by: string;
  readonly outcome: string | undefined;
}

/** The button that acts while it is held. */
export const HELD = "jog";
/** The longest time between a beat and a release: 500 ms, two checks of 50 ms, and what is between them. */
const RELEASE_MS = 650;
/** The longest time of a handler in the simulated program. */
export const TIMEOUT_MS = 2000;

/** What the program has really done, and what it has said about that. A check that fails throws an error. */
export class ControlLedger {
  readonly runs: Run[] = [];
  readonly rows: ChangeRow[] = [];
  /** The number of presses by people. */
  presses = 0;
  /** The number of values that the program itself has set. */
  ownSets = 0;
  /** The first promise that was found broken. */
  failure: Error | undefined;
  readonly #refused = new Set<string>();
  /** The panel that has last used the button to hold, and its last sign of life. */
  #holder: string | undefined;
  #lastBeatAt = 0;
  /** The ids of values that were sent again. */
  readonly #resent = new Set<string>();

  /** A handler is called. */
  start(called: Pick<Run, "id" | "name" | "value" | "phase">, now: number): Run {
    const { id, name, phase } = called;
    const run: Run = { ...called, startedAt: now, settledAt: undefined, outcome: "running" };
    if (this.#runsOf(id).length > 0) this.fail(`${phase ?? "the change"} ${id} of ${name} was executed twice`);
    if (phase === "release" && now - this.#lastBeatAt > RELEASE_MS)
      this.fail(`${name} was released ${Math.round(now - this.#lastBeatAt)} ms after the last beat`);
    if (this.#refused.has(id)) this.fail(`${id} was executed after it was refused`);
    this.runs.push(run);
    return run;
  }

  /** The program has received a message. */
  received(message: ToProgram, now: number): void {
    if (message.type === "press" && message.name === HELD) this.#holder = message.client;
    else if (message.type !== "beat" || message.client !== this.#holder) return;
    this.#lastBeatAt = now;
  }

  /** A panel has received an answer. */
  answered({ id, outcome }: Extract<ToPanel, { type: "answer" }>, now: number): void {
    const runs = this.#runsOf(id);
    const isTrue = {
      received: () => runs.length > 0,
      done: () => runs.some((run) => run.outcome === "done"),
      failed: () => runs.some((run) => run.outcome === "failed"),
      timedOut: () => runs.some((run) => now - run.startedAt >= TIMEOUT_MS),
      // The relay cannot know what became of a value that is sent again.
      refused: () => runs.length === 0 || this.#resent.has(id),
      replaced: () => true,
    }[outcome]();
    if (!isTrue) this.fail(`a panel was told that ${id} was ${outcome}, after ${runs.length} calls of handlers`);
    if (outcome === "refused" && !this.#resent.has(id)) this.#refused.add(id);
  }

  /** A panel has sent an action. */
  sent(message: FromPanel): void {
    if (message.type === "press" && message.phase === "press") this.presses++;
    if (message.type === "set" && message.resent === true) this.#resent.add(message.id);
  }

  fail(message: string): void {
    this.failure ??= new Error(message);
  }

  /** Each executed change is one row, and each press two: before its handler and after. */
  checkRows(): void {
    const counts = new Map<string, number>();
    const count = (key: string, by: number): void => void counts.set(key, (counts.get(key) ?? 0) + by);
    for (const { path, id, outcome, by } of this.rows) {
      if (by === "program" && outcome === undefined) count("by the program", 1);
      else if (by !== "start") count(`${path} ${outcome ?? "value"} ${id}`, 1);
    }
    for (const run of this.runs) {
      const { id, name, phase } = run;
      const outcome = outcomeOf(run);
      if (phase === undefined) {
        count(`${name} value ${id}`, -1);
        if (outcome !== "done") count(`${name}/failed ${outcome} ${id}`, -1);
      } else for (const said of ["received", outcome]) count(`${name} ${said} ${id}`, -1);
    }
    count("by the program", -this.ownSets);
    for (const [key, difference] of counts)
      if (difference !== 0) throw new Error(`${key}: ${difference} rows too many, of ${this.rows.length}`);
  }

  /** Nothing stays pressed, and nobody has pressed what nobody has sent. */
  checkPresses(): void {
    const of = (name: string, phase: string): number =>
      this.runs.filter((run) => run.name === name && run.phase === phase).length;
    if (of(HELD, "press") !== of(HELD, "release"))
      throw new Error(`${HELD} has ${of(HELD, "press")} presses and ${of(HELD, "release")} releases`);
    const executed = this.runs.filter(({ phase }) => phase === "press").length;
    if (executed > this.presses) throw new Error(`${executed} presses were executed, but ${this.presses} were sent`);
  }

  /**
   * The final result that a panel shows of a control: of its last use, or of an earlier one if the last was refused
   * because that was running.
   *
   * @param uses the ids of its presses, `undefined` for each that was not sent, or the values that were set
   */
  checkNote(outcome: string, uses: readonly (string | number | undefined)[], name: string): void {
    const last = uses.at(-1);
    const told = typeof last === "string" && this.#refused.has(last) ? uses : [last];
    if (told.some((id) => this.#isTrue(outcome, id))) return;
    throw new Error(
      `a panel shows ${outcome} for ${name} after ${last}, which was ${this.#outcomesOf(last).join(", ") || "not executed"}`,
    );
  }

  #isTrue(outcome: string, id: string | number | undefined): boolean {
    const outcomes = this.#outcomesOf(id);
    if (outcome === "unknown" || outcome === "replaced") return id !== undefined;
    return outcome === "refused" || outcome === "unsent" ? outcomes.length === 0 : outcomes.includes(outcome);
  }

  #outcomesOf(use: string | number | undefined): readonly string[] {
    const runs = use === undefined ? [] : this.runs.filter(({ id, value }) => use === id || use === value);
    return runs.map(outcomeOf);
  }

  #runsOf(id: string): readonly Run[] {
    return this.runs.filter((run) => run.id === id);
  }
}

/** What the program must say about a call of a handler. */
function outcomeOf({ outcome, settledAt, startedAt }: Run): string {
  return settledAt === undefined || settledAt - startedAt >= TIMEOUT_MS ? "timedOut" : outcome;
}
