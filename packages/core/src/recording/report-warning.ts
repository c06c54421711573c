import { internalsOf } from "./recording-internals.ts";
import type { RecordingStream } from "./recording-stream.ts";

/** Reports something that deserves attention, but is no failure, as a warning of a recording: its event `warning`. */
export function reportWarning(recording: RecordingStream, message: string): void {
  internalsOf(recording).notice(message);
}
