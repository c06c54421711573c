import { SHUTDOWN_SIGNALS } from "@rerun-ts/node/processes";

/**
 * Resolves on the first SIGINT (Ctrl-C), SIGTERM or SIGHUP (a closed terminal). As usual, a second signal ends the
 * process immediately.
 */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of SHUTDOWN_SIGNALS) process.once(signal, () => resolve());
  });
}
