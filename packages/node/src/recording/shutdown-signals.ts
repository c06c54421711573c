import { constants } from "node:os";
import { shutdown } from "@rerun-ts/core";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;
/** By this the handlers of several calls know each other, also those of other copies of this package. */
const BRAND = Symbol.for("rerun-ts.shutdownHandler");

/**
 * Closes all recordings on SIGTERM and SIGINT, so that files are complete. Ends the process afterwards, with 128 plus
 * the signal's number, unless someone else listens for the signal too. A second signal ends it at once.
 * @returns a function that takes the handlers away again
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
