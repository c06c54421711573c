import type { RecordingStream } from "@rerun-ts/core";
import { AnyValues, Scalars, TextLog } from "@rerun-ts/types";
import type { Change, Settled } from "../program/change.ts";

/** The entity below which all rows about controls are. */
export const CONTROLS_PATH = "controls";
const MAX_TEXT = 500;

/**
 * Writes what people did into a recording. A changed value is one row, of `Scalars` if it is a number, a vector or a
 * checkbox, and of `TextLog` otherwise. An action is a row when it is received, and another when it has settled. Each
 * row has who did it, and its id.
 */
export class ChangeLog {
  readonly #recording: Pick<RecordingStream, "log">;
  readonly #flushRows: () => void;

  /** @param flushRows passes all rows on to the sinks */
  constructor(recording: Pick<RecordingStream, "log">, flushRows: () => void) {
    this.#recording = recording;
    this.#flushRows = flushRows;
  }

  /** Logs the row of a changed value. `change.value` is missing if it is secret. */
  value(change: Change): void {
    const { name, value } = change;
    const numbers = numbersOf(value);
    const data = numbers === undefined ? new TextLog(describeText(value), { level: "INFO" }) : new Scalars(numbers);
    const json = value === undefined ? undefined : JSON.stringify(value);
    this.#log(name, [data, new AnyValues({ ...detailsOf(change), value: json })]);
  }

  /** Logs that an action was received, and passes the row on to the sinks: the handler may end the program. */
  received(change: Change): void {
    this.#action(change, "received", "INFO", describeAction(change));
    this.#flushRows();
  }

  /** Logs what became of an action. */
  settled(change: Change, { outcome, message }: Settled): void {
    const text = message === undefined ? outcome : `${outcome}: ${message}`;
    this.#action(change, outcome, outcome === "done" ? "INFO" : "ERROR", text.slice(0, MAX_TEXT));
  }

  /** Logs that the handler of a changed value has failed. */
  failed(change: Change, { outcome, message = "" }: Settled): void {
    const text = `${outcome}: ${message}`.slice(0, MAX_TEXT);
    this.#log(`${change.name}/failed`, [
      new TextLog(text, { level: "ERROR" }),
      new AnyValues({ ...detailsOf(change), outcome }),
    ]);
  }

  #action(change: Change, outcome: string, level: "INFO" | "ERROR", text: string): void {
    const { phase, pick, key } = change;
    const action = pick === undefined ? (phase ?? key) : JSON.stringify(pick);
    this.#log(change.name, [new TextLog(text, { level }), new AnyValues({ ...detailsOf(change), outcome, action })]);
  }

  #log(name: string, data: readonly (Scalars | TextLog | AnyValues)[]): void {
    this.#recording.log([CONTROLS_PATH, ...name.split("/")], data);
  }
}

function detailsOf({ by, id }: Change): { by: string; id: string } {
  return { by, id };
}

function numbersOf(value: Change["value"]): number | number[] | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  return typeof value === "object" ? [...value] : undefined;
}

function describeText(value: Change["value"]): string {
  return value === undefined ? "(secret)" : String(value).slice(0, MAX_TEXT);
}

function describeAction({ phase, pick, key }: Change): string {
  if (pick === undefined) return `received: ${phase ?? key ?? ""}`;
  const instance = pick.instance === undefined ? "" : `[${pick.instance}]`;
  return `received: ${pick.entityPath}${instance}`.slice(0, MAX_TEXT);
}
