import workerThreads from "node:worker_threads";
import { vi } from "vitest";

/** The threads of Node, whatever replaces them. */
export const { Worker } = workerThreads;

/** Replaces how threads start, until mocks are restored. Returns those that have. */
export function replaceWorkers(
  start: (...args: ConstructorParameters<typeof Worker>) => workerThreads.Worker,
): workerThreads.Worker[] {
  const threads: workerThreads.Worker[] = [];
  // The result of a constructor that is a function is the object.
  vi.spyOn(workerThreads, "Worker").mockImplementation(function (...args) {
    const thread = start(...args);
    threads.push(thread);
    return thread;
  });
  return threads;
}
