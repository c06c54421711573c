import { constants } from "node:os";
import { shutdown } from "@rerun-ts/core";
import { SHUTDOWN_BRAND, SHUTDOWN_SIGNALS } from "../stdout/suspend-shutdown.ts";

/**
 * Closes all recordings on SIGTERM and SIGINT, so that files are complete and pending data is sent. Then the process
 * exits with 128 plus the number of the signal, unless the program has a listener for the signal itself. A second
 * signal exits at once.
 *
 * Without it, Node ends the process on these signals without closing anything. So it does if nobody has read from standard
 * output for 5 seconds while a recording is written to it: the program cannot continue then.
 *
 * @returns a function that removes the handlers
 *
 * @example
 * rr.installShutdownSignals();
 */
export function installShutdownSignals(): () => void {
  let isClosing = false;
  const onSignal = (signal: (typeof SHUTDOWN_SIGNALS)[number]): void => {
    const isAlone = process.listeners(signal).every((listener) => SHUTDOWN_BRAND in listener);
    const exit = (): void => {
      if (isAlone) process.exit(128 + constants.signals[signal]);
    };
    if (isClosing) return exit();
    isClosing = true;
    void shutdown().then(exit);
  };
  Object.defineProperty(onSignal, SHUTDOWN_BRAND, { value: true });
  for (const signal of SHUTDOWN_SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SHUTDOWN_SIGNALS) process.off(signal, onSignal);
  };
}
