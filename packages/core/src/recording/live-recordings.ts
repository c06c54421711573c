import { printFailures, settled } from "./report-failures.ts";

/** The part of a recording that its closing needs. */
export interface ClosableRecording {
  close(): Promise<unknown>;
  stats(): { readonly bytes: number };
}

/**
 * All recordings that have a sink. Finishing all of them, at exit, on a signal or in `shutdown`, has no other way to
 * find them.
 */
const live = new Set<ClosableRecording>();

/** Adds a recording that must be finished when the program ends. Returns how many there are. */
export function addLiveRecording(recording: ClosableRecording): number {
  return live.add(recording).size;
}

/** Removes a recording. Returns how many are left. */
export function removeLiveRecording(recording: ClosableRecording): number {
  live.delete(recording);
  return live.size;
}

/** All recordings that have a sink, now. */
export function liveRecordings(): readonly ClosableRecording[] {
  return [...live];
}

/** Closes every recording with a sink. Never rejects: each recording reports its own failures. */
export async function shutdown(): Promise<void> {
  await Promise.all(liveRecordings().map((recording) => settled(recording.close())));
  // The process may end now.
  printFailures();
}
