import { internalsOf } from "./recording-internals.ts";
import { printFailures, settled } from "./report-failures.ts";

/** The part of a recording that is needed here. */
interface LiveRecording {
  close(): Promise<unknown>;
  stats(): { readonly bytes: number };
}

/**
 * All recordings that have a sink. Finishing all of them, at exit, on a signal or in `shutdown`, has no other way to find
 * them.
 */
const live = new Set<LiveRecording>();

/** Adds a recording that must be finished when the program ends. Returns how many there are. */
export function addLiveRecording(recording: LiveRecording): number {
  return live.add(recording).size;
}

/** Removes a recording. Returns how many are left. */
export function removeLiveRecording(recording: LiveRecording): number {
  live.delete(recording);
  return live.size;
}

/** Closes every recording that has a sink. Never rejects: each recording reports its own failures. */
export async function shutdown(): Promise<void> {
  await Promise.all([...live].map((recording) => settled(recording.close())));
  // The process may end now.
  printFailures();
}

/** What all recordings had sent the last time that the program had nothing left to do. */
let sentBefore = -1;

/**
 * Finishes what needs the event loop, in every recording, if the program has logged nothing since the last call: a
 * program that has nothing left to do may start more work. Returns whether to call again when there is nothing left to do.
 */
export function prepareForExit(): boolean {
  for (const recording of live) internalsOf(recording).flushRows();
  const sent = [...live].reduce((sum, recording) => sum + recording.stats().bytes, 0);
  const mayGoOn = sent !== sentBefore;
  sentBefore = sent;
  if (!mayGoOn) for (const recording of live) internalsOf(recording).closeBeforeExit();
  return mayGoOn;
}

/** Finishes every recording before it returns, all of them together within `deadlineMs`; files first. */
export function shutdownSync(deadlineMs: number): void {
  const deadline = performance.now() + deadlineMs;
  const recordings = [...live].map(internalsOf);
  for (const internals of recordings) internals.beginCloseSync(deadlineMs);
  for (const internals of recordings) internals.closeSync(deadline);
}
