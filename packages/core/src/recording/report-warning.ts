import { internalsOf } from "./recording-internals.ts";
import type { RecordingStream } from "./recording-stream.ts";

/** Reports a problem that is not a failure as a `warning` event of a recording. */
export function reportWarning(recording: RecordingStream, message: string): void {
  internalsOf(recording).notice(message);
}
