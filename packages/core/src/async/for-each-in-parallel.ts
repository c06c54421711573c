import { isPromise } from "./is-promise.ts";

/**
 * Calls `work` for each item, at most `limit` calls at a time, in the order of the items. After a failure no more items
 * are taken. Rejects with the first failure, once all calls in flight have ended.
 */
export async function forEachInParallel<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const iterator: Iterator<T> | AsyncIterator<T> =
    Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const failures: unknown[] = [];
  const workOnSome = async (): Promise<void> => {
    try {
      while (failures.length === 0) {
        const step = iterator.next();
        const { done, value } = isPromise(step) ? await step : step;
        // Another call may have failed meanwhile.
        if (done === true || failures.length > 0) return;
        await work(value);
      }
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(Array.from({ length: limit }, workOnSome));
  if (failures.length === 0) return;
  await iterator.return?.();
  throw failures[0];
}
