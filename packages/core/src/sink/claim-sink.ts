import { invalidSinks } from "./check-sinks.ts";
import type { RecordingSink } from "./sink.ts";

/** Marks a sink for all copies of this package, in all versions. */
const CLAIMED = Symbol.for("rerun-ts.claimed");

/** @throws {RerunError} `INVALID_ARGUMENT` if the sink is or was open */
export function checkUnclaimed(sink: RecordingSink): void {
  if (isClaimed(sink)) throw invalidSinks("new", `a ${sink.kind} sink that is or was open; create a new one`);
}

/** Notes that a sink is opened. @throws {RerunError} `INVALID_ARGUMENT` if the sink is or was open */
export function claimSink(sink: RecordingSink): void {
  checkUnclaimed(sink);
  mark(sink, true);
}

/** Notes that a sink could not be opened immediately, so that it may be tried again. */
export function releaseSink(sink: RecordingSink): void {
  mark(sink, false);
}

function isClaimed(sink: RecordingSink): boolean {
  return (sink as { readonly [CLAIMED]?: boolean })[CLAIMED] === true;
}

function mark(sink: RecordingSink, value: boolean): void {
  Object.defineProperty(sink, CLAIMED, { value, configurable: true });
}
