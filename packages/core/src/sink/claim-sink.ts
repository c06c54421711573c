import { invalidSinks } from "./check-sinks.ts";
import type { RecordingSink } from "./sink.ts";

const claimed = new WeakSet<RecordingSink>();

/** @throws {RerunError} `INVALID_ARGUMENT` if the sink is or was open */
export function checkUnclaimed(sink: RecordingSink): void {
  if (claimed.has(sink)) throw invalidSinks("new", `a ${sink.kind} sink that is or was open; create a new one`);
}

/** Notes that a sink is opened. @throws {RerunError} `INVALID_ARGUMENT` if the sink is or was open */
export function claimSink(sink: RecordingSink): void {
  checkUnclaimed(sink);
  claimed.add(sink);
}

/** Notes that a sink could not be opened at once, so that it may be tried again. */
export function releaseSink(sink: RecordingSink): void {
  claimed.delete(sink);
}
