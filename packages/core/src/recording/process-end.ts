import { now } from "../async/real-clock.ts";
import { RerunError } from "../errors/rerun-error.ts";
import { settleAll } from "../async/settle-all.ts";
import { beginClose, type SinkSlot } from "../sink/sink-slot.ts";
import { liveRecordings } from "./live-recordings.ts";
import { internalsOf, type RecordingInternals } from "./recording-internals.ts";

// Only platforms whose processes end use this module, so that pages do not load it.

/** Bytes that all recordings had sent the last time that the program had nothing left to do. */
let sentBefore = -1;

/**
 * Closes the sinks that need the event loop, in every recording, if the program has logged nothing since the last call.
 * Until then the program may still start more work. Returns whether to call again the next time that the program has
 * nothing left to do.
 */
export function prepareForExit(): boolean {
  const live = liveRecordings();
  for (const recording of live) internalsOf(recording).dispatcher.flushRows();
  const sent = live.reduce((sum, recording) => sum + recording.stats().bytes, 0);
  const mayGoOn = sent !== sentBefore;
  sentBefore = sent;
  if (!mayGoOn) for (const recording of live) closeBeforeExit(internalsOf(recording));
  return mayGoOn;
}

/** Closes every recording synchronously, all of them together within `deadlineMs`, and files first. */
export function shutdownSync(deadlineMs: number): void {
  const deadline = now() + deadlineMs;
  const recordings = liveRecordings().map(internalsOf);
  for (const recording of recordings) beginCloseSync(recording, deadlineMs);
  for (const recording of recordings) closeSync(recording, deadline);
}

/** Closes the sinks that cannot be closed once the event loop has ended. */
function closeBeforeExit(recording: RecordingInternals): void {
  const { dispatcher } = recording;
  dispatcher.flushRows();
  const slots = dispatcher.sinks.all.filter(({ sink }) => sink.needsEventLoop === true);
  void recording.reported(settleAll(slots.map((slot) => slot.close({}))));
}

/** Sends pending rows, closes the sinks that close without waiting, and lets the others begin to close. */
function beginCloseSync(recording: RecordingInternals, deadlineMs: number): void {
  resume(recording);
  const { dispatcher } = recording;
  dispatcher.flushLastRows();
  const slots = dispatcher.sinks.all;
  // Sinks with a separate thread close in parallel.
  for (const slot of slots) beginClose(slot, deadlineMs);
  for (const slot of slots) if (slot.sink.needsEventLoop !== true && !slot.isWaiting) slot.closeSync(0);
}

/**
 * Closes all sinks, at `deadline` on the clock of `now` at the latest. Sinks that wait for others come
 * last, because they can open by then.
 */
function closeSync({ dispatcher }: RecordingInternals, deadline: number): void {
  const waiting = dispatcher.sinks.all.filter(({ isWaiting }) => isWaiting);
  const others = dispatcher.sinks.all.filter((slot) => !waiting.includes(slot));
  for (const slot of [...others, ...waiting]) {
    if (slot.isWaiting) openAtOnce(slot);
    slot.closeSync(Math.max(0, deadline - now()));
  }
  dispatcher.onClosed();
}

/** Opens a sink before its place is reported as free: a sink that stores data can still store its queue. */
function openAtOnce(slot: SinkSlot): void {
  slot.isWaiting = false;
  try {
    // A sink that opens asynchronously would open only after the end of the process.
    if (slot.sink.open(slot.context) === undefined) slot.onOpened();
  } catch (error) {
    slot.context.onState("broken", RerunError.from(error));
  }
}

/**
 * Continues sending after a sink or a listener has ended the process. The interrupted sink receives nothing more,
 * because it would end the process again.
 */
function resume({ dispatcher, events }: RecordingInternals): void {
  const { sender, sinks } = dispatcher;
  sender.resume((message) => {
    events.isEnding = true;
    if (sinks.sending !== undefined) sinks.sending.isInterrupted = true;
    for (const slot of sinks.unsent) slot.send(message);
  });
}
