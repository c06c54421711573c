/** Settles when the program is to end: at Ctrl-C, or when it is told to. A second time ends it at once. */
export function interruption(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
