import { constants } from "node:os";
import { shutdown } from "@rerun-ts/core";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;
/** The mark of these handlers, by which several calls, also of other copies of this package, recognise each other's. */
const BRAND = Symbol.for("rerun-ts.shutdownHandler");

/**
 * Closes all recordings on SIGTERM and SIGINT, so that files are complete and pending data is sent. Then the process
 * exits with 128 plus the number of the signal, unless the program has a listener for the signal itself. A second
 * signal exits at once.
 *
 * Without it, Node ends the process on these signals without closing anything.
 *
 * @returns a function that removes the handlers
 *
 * @example
 * rr.installShutdownSignals();
 */
export function installShutdownSignals(): () => void {
  let isClosing = false;
  const onSignal = (signal: (typeof SIGNALS)[number]): void => {
    const isAlone = process.listeners(signal).every((listener) => BRAND in listener);
    const exit = (): void => {
      if (isAlone) process.exit(128 + constants.signals[signal]);
    };
    if (isClosing) return exit();
    isClosing = true;
    void shutdown().then(exit);
  };
  Object.defineProperty(onSignal, BRAND, { value: true });
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
