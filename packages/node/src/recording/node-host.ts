import type { RecordingHost } from "@rerun-ts/core/internal";
import { prepareForExit, readEnvironment, shutdownSync } from "@rerun-ts/core/internal";

/** How long recordings may delay the end of the process. */
const EXIT_DEADLINE_MS = 5000;

/**
 * The host of recordings on Node. It reads the settings in `process.env`, and closes all recordings when the process
 * ends: synchronously in an `exit` handler, within 5 seconds; sinks that need the event loop already in `beforeExit`.
 * The handlers are only installed while there are open recordings with sinks.
 */
export const nodeHost: RecordingHost = {
  settings: (warn) => readEnvironment(process.env, warn),
  maxBacklogBytes: 2 ** 30,
  onLive(count: number): void {
    const isListening = process.listeners("exit").includes(finishAtExit);
    if (count > 0 && !isListening) {
      process.on("exit", finishAtExit);
      process.on("beforeExit", prepareForExit);
    } else if (count === 0 && isListening) {
      process.off("exit", finishAtExit);
      process.off("beforeExit", prepareForExit);
    }
  },
};

/** Closes all recordings. Node calls it also after an uncaught exception and after `process.exit()`. */
function finishAtExit(): void {
  shutdownSync(EXIT_DEADLINE_MS);
}
