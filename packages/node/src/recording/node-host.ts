import type { RecordingHost } from "@rerun-ts/core/internal";
import { prepareForExit, readEnvironment, shutdownSync } from "@rerun-ts/core/internal";
import { reportUnsent, trackUnsent } from "./unsent-recordings.ts";

/** How long recordings may delay the end of the process. */
const EXIT_DEADLINE_MS = 5000;

/**
 * The host of recordings on Node. It reads the settings in `process.env`, and closes all recordings when the process
 * ends: synchronously in an `exit` handler, within 5 seconds; sinks that need the event loop already in `beforeExit`.
 * The handlers are only installed while there are open recordings with sinks, or recordings that never had one.
 */
export const nodeHost: RecordingHost = {
  settings: (warn) => readEnvironment(process.env, warn),
  maxBacklogBytes: 2 ** 30,
  onLive(count: number, recording: object): void {
    setListening("exit", reportUnsent, trackUnsent(recording) > 0);
    // Not before there is a sink: what a program logs in `exit` listeners of its own is part of the recording.
    setListening("exit", finishAtExit, count > 0);
    setListening("beforeExit", prepareForExit, count > 0);
  },
};

function setListening(event: "exit" | "beforeExit", listener: () => void, isWanted: boolean): void {
  if (process.listeners(event as "exit").includes(listener) === isWanted) return;
  if (isWanted) process.on(event, listener);
  else process.off(event, listener);
}

/** Closes all recordings. Node calls it also after an uncaught exception and after `process.exit()`. */
function finishAtExit(): void {
  shutdownSync(EXIT_DEADLINE_MS);
}
