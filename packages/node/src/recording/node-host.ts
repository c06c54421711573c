import type { RecordingHost } from "@rerun-ts/core/internal";
import { prepareForExit, readEnvironment, shutdownSync } from "@rerun-ts/core/internal";

/** How long the end of the process may be held up. */
const EXIT_DEADLINE_MS = 5000;

/** What recordings need of Node: its environment, and to be finished when the process ends. */
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

/** Also after an uncaught exception, and after `process.exit()`. */
function finishAtExit(): void {
  shutdownSync(EXIT_DEADLINE_MS);
}
