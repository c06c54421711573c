import { constants } from "node:os";
import { setTimeout } from "node:timers/promises";
import { shutdown } from "@rerun-ts/core";
import { checkOptions, nonNegative } from "@rerun-ts/core/checks";
import { SHUTDOWN_BRAND, SHUTDOWN_SIGNALS } from "../stdout/suspend-shutdown.ts";

/** The default of `timeoutMs`. */
const BEFORE_TIMEOUT_MS = 10_000;

/** A signal at which programs shut down cleanly. */
type ShutdownSignal = (typeof SHUTDOWN_SIGNALS)[number];

/** Options of {@link installShutdownSignals}. */
export interface ShutdownSignalOptions {
  /**
   * Called at the first signal, for a program's own shutdown, such as closing its server. Recordings are closed after
   * its promise has settled, so the data that it logs is not lost. A rejection is printed. Default: none.
   */
  before?: ((signal: "SIGTERM" | "SIGINT" | "SIGHUP") => unknown) | undefined;
  /** The longest to wait for `before`, in milliseconds. Default 10,000. */
  timeoutMs?: number | undefined;
}

/** The work of all calls that must be done before recordings are closed. */
const beforeShutdown = new Set<(signal: ShutdownSignal) => Promise<void>>();

/**
 * Closes all recordings on SIGTERM, SIGINT and SIGHUP (a closed terminal, a lost ssh session). Files are then complete
 * and pending data is sent. Then the process exits with 128 plus the number of the signal, unless the program has a
 * listener for the signal itself. A second signal exits immediately.
 *
 * Without it, Node ends the process on these signals without closing anything. A signal also ends the process if a
 * recording is written to standard output and nobody has read from it for 5 seconds: the program cannot continue then.
 *
 * @returns a function that removes the handlers
 * @throws {TypeError} if an option is wrong
 *
 * @example
 * rr.installShutdownSignals({ before: () => new Promise((resolve) => server.close(resolve)) });
 */
export function installShutdownSignals(options: ShutdownSignalOptions = {}): () => void {
  const work = workBefore(options);
  let isClosing = false;
  const onSignal = (signal: ShutdownSignal): void => {
    const isAlone = process.listeners(signal).every((listener) => SHUTDOWN_BRAND in listener);
    const exit = (): void => {
      if (isAlone) process.exit(128 + constants.signals[signal]);
    };
    if (isClosing) return exit();
    isClosing = true;
    // Each listener waits for the work of all of them, which has begun once.
    void Promise.all([...beforeShutdown].map((run) => run(signal)))
      .then(() => shutdown())
      .then(exit);
  };
  Object.defineProperty(onSignal, SHUTDOWN_BRAND, { value: true });
  if (work !== undefined) beforeShutdown.add(work);
  for (const signal of SHUTDOWN_SIGNALS) process.on(signal, onSignal);
  return () => {
    if (work !== undefined) beforeShutdown.delete(work);
    for (const signal of SHUTDOWN_SIGNALS) process.off(signal, onSignal);
  };
}

/**
 * A function that calls `before` once, within its time, and never rejects.
 * @throws {TypeError} if an option is wrong
 */
function workBefore(options: ShutdownSignalOptions): ((signal: ShutdownSignal) => Promise<void>) | undefined {
  checkOptions("installShutdownSignals", options, { before: "function", timeoutMs: 1 });
  const { before, timeoutMs = BEFORE_TIMEOUT_MS } = options;
  nonNegative("timeoutMs", timeoutMs);
  if (before === undefined) return undefined;
  let running: Promise<void> | undefined;
  const run = async (signal: ShutdownSignal): Promise<void> => {
    const isLate = Symbol("late");
    const stop = new AbortController();
    try {
      const late = setTimeout(timeoutMs, isLate, { signal: stop.signal }).catch(() => isLate);
      const result = await Promise.race([before(signal), late]);
      if (result === isLate)
        console.error(`[rerun] \`before\` of \`installShutdownSignals\` took more than ${timeoutMs} ms`);
    } catch (error) {
      console.error("[rerun] `before` of `installShutdownSignals` failed:", error);
    } finally {
      stop.abort();
    }
  };
  return (signal) => (running ??= run(signal));
}
