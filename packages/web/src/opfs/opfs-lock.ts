/** Why a name cannot be written to. Modules are replaced in a running page by development servers. */
export const IN_USE =
  "another tab, or an earlier version of a module of this page, is writing to it; give each tab its own name, and close the recording before its module is replaced (`import.meta.hot.dispose`)";

/**
 * Takes a Web Lock. Returns a function that releases the lock, or `undefined` if another page still holds it after
 * `waitMs`.
 */
export async function takeLock(name: string, waitMs: number): Promise<(() => void) | undefined> {
  const wish: LockOptions = waitMs === 0 ? { ifAvailable: true } : { signal: AbortSignal.timeout(waitMs) };
  return new Promise((resolve, reject) => {
    const hold = (lock: Lock | null): Promise<void> | undefined => {
      if (lock !== null) return new Promise<void>((release) => resolve(release));
      resolve(undefined);
      return undefined;
    };
    navigator.locks.request(name, wish, hold).catch((error: unknown) => {
      if ((error as Error).name === "TimeoutError") resolve(undefined);
      else reject(error);
    });
  });
}
