import { errorText } from "@rerun-ts/core/recording";

/**
 * Calls a function with the error of each exception and rejection that the program does not catch. Returns a function
 * that ends it.
 *
 * @param onError `isFatal`: the process ends when the function returns
 */
export function listenToErrors(onError: (reason: string, isFatal: boolean) => void): () => void {
  // A monitor changes nothing about what happens to the error.
  const listener = (error: unknown, origin: string): void => {
    const isFatal = process.listenerCount("uncaughtException") === 0 && !process.hasUncaughtExceptionCaptureCallback();
    const kind = origin === "unhandledRejection" ? "unhandled rejection" : "uncaught exception";
    onError(`${kind}: ${errorText(error)}`, isFatal);
  };
  process.on("uncaughtExceptionMonitor", listener);
  return () => void process.off("uncaughtExceptionMonitor", listener);
}
