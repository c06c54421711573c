/** A recording that has a sink and is not closed: what must be finished when the program ends. */
export interface LiveRecording {
  close(): Promise<unknown>;
  /** Finishes what needs the event loop; the rest goes on. */
  closeBeforeExit(): void;
  closeSync(deadlineMs: number): void;
}

/**
 * All recordings that have a sink. This and the global recording are the recordings' only state in a module, because
 * "finish everything" (at exit, on a signal, in `shutdown`) has no other way to know.
 */
const live = new Set<LiveRecording>();

/** Counts a recording in. Returns how many there are. */
export function addLiveRecording(recording: LiveRecording): number {
  return live.add(recording).size;
}

/** Counts a recording out. Returns how many are left. */
export function removeLiveRecording(recording: LiveRecording): number {
  live.delete(recording);
  return live.size;
}

/** Closes every recording that has a sink. Never rejects: each recording reports for itself. */
export async function shutdown(): Promise<void> {
  await Promise.allSettled([...live].map((recording) => recording.close()));
}

/** Finishes what needs the event loop, in every recording. */
export function prepareForExit(): void {
  for (const recording of live) recording.closeBeforeExit();
}

/** Finishes every recording before it returns. */
export function shutdownSync(deadlineMs: number): void {
  for (const recording of live) recording.closeSync(deadlineMs);
}
