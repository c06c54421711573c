/**
 * The signals at which commands shut down cleanly, and programs with `installShutdownSignals`: Ctrl-C, the end of a
 * service, a closed terminal.
 */
export const SHUTDOWN_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * The mark of the listeners of `installShutdownSignals`, by which several calls, also of other copies of this package,
 * recognise each other's.
 */
export const SHUTDOWN_BRAND: unique symbol = Symbol.for("rerun-ts.shutdownHandler") as never;

/** Whether `installShutdownSignals` is in effect. */
export function hasShutdownListeners(): boolean {
  return SHUTDOWN_SIGNALS.some((signal) => process.listeners(signal).some((listener) => SHUTDOWN_BRAND in listener));
}

/**
 * Removes the listeners of `installShutdownSignals` from signals without other listeners. These signals then end the
 * process immediately, even while its event loop does not run. Returns a function that restores them.
 */
export function suspendShutdownListeners(): () => void {
  const restores = SHUTDOWN_SIGNALS.map((signal) => {
    const listeners = process.listeners(signal);
    if (!listeners.every((listener) => SHUTDOWN_BRAND in listener)) return () => {};
    for (const listener of listeners) process.off(signal, listener);
    return () => {
      for (const listener of listeners) process.on(signal, listener);
    };
  });
  return () => {
    for (const restore of restores) restore();
  };
}
