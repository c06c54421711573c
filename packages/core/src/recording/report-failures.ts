import { rethrow, toRerunError } from "../errors/to-rerun-error.ts";
import type { Reporter } from "./reporter.ts";

/** Turns of the microtask queue that `await` and `then` may take to reach a promise that was just returned. */
const TURNS = 5;

/** Prints failures that the program may still handle. */
const undecided = new Set<() => void>();

/** Prints all unhandled failures, because the program is ending. */
export function printFailures(): void {
  for (const print of undecided) print();
  undecided.clear();
}

/**
 * Reports a failure immediately, and rethrows it, because a program that ends now would not see the rejection of a
 * promise.
 */
export function reportingErrors<T>(reporter: Reporter, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const failure = toRerunError(error);
    undecided.add(reporter.failure(failure));
    throw failure;
  }
}

/**
 * A promise that need not be awaited. Its failure is an `error` event, and never an unhandled rejection. The failure is
 * printed unless the program handles it.
 */
export function reported<T>(reporter: Pick<Reporter, "failure">, promise: Promise<T>): Promise<T> {
  const result = new HandledPromise<T>((resolve) => resolve(promise.catch(rethrow)));
  void result.settled((error) => void printUnlessHandled(result, reporter.failure(toRerunError(error))));
  return result;
}

async function printUnlessHandled(promise: HandledPromise<unknown>, print: () => void): Promise<void> {
  undecided.add(print);
  // By then an `await` of the caller has reached the promise. A timer would delay the end of the program.
  for (let turn = 0; turn < TURNS; turn++) await Promise.resolve();
  undecided.delete(print);
  if (!promise.isHandled) print();
}

/** Waits for a promise of a recording without handling its failure. */
export async function settled(promise: Promise<unknown>): Promise<void> {
  await (promise as HandledPromise<unknown>).settled(() => {});
}

/** The class of the promises of asynchronous functions, also where a program has replaced the global `Promise`. */
const NativePromise = (async () => {})().constructor as PromiseConstructor;

/** A promise that knows whether the program waits for it. */
class HandledPromise<T> extends NativePromise<T> {
  isHandled = false;

  /** Handles the promise that `then` returns as every other promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return NativePromise;
  }

  /** Waits for the end of the promise, which does not count as handling it. */
  settled(onFailure: (error: unknown) => void): Promise<unknown> {
    return super.then(undefined, onFailure);
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a promise has one
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isHandled = true;
    return super.then(onFulfilled, onRejected);
  }
}
