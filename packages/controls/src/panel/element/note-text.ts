import type { ControlNote, NoteOutcome } from "../client/panel-state.ts";

const PRESSES: Readonly<Record<NoteOutcome, string>> = {
  sent: "sent …",
  received: "running …",
  done: "done",
  failed: "failed",
  timedOut: "timed out",
  replaced: "",
  refused: "refused",
  unsent: "not sent: no connection",
  unknown: "outcome unknown: the connection ended before the answer",
  released: "released, because the connection ended",
};
/** The outcomes of values that people see anyway. */
const QUIET: ReadonlySet<NoteOutcome> = new Set(["sent", "received", "done", "replaced"]);

/** The text about the last use of a control. */
export function noteText(note: ControlNote | undefined, isButton: boolean): string {
  if (note === undefined || (!isButton && QUIET.has(note.outcome))) return "";
  return PRESSES[note.outcome] + (note.message === undefined ? "" : `: ${note.message}`);
}
