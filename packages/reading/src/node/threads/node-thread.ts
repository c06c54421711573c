import { statSync } from "node:fs";
import process from "node:process";
import workerThreads from "node:worker_threads";
import { ThreadLost, type WorkThread } from "../../source/work-thread.ts";
import type { JobReply } from "./serve-jobs.ts";

/** Longest time that a thread may take to start. */
const START_TIMEOUT_MS = 5000;
/** Longest time without a result of a thread that has jobs: each takes a fraction of a second. */
const JOB_TIMEOUT_MS = 60_000;

/**
 * Starts a thread from its program, which lies beside a module, or in the folder above its bundle. `undefined` if there
 * is no such file, as in bundles of programs, or if this process may not start threads.
 *
 * @param beside the URL of the module
 */
export function startThread<Job, Result>(program: string, beside: string): WorkThread<Job, Result> | undefined {
  const entry = ["./", "../"].map((folder) => findFile(`${folder}${program}`, beside)).find((url) => url !== undefined);
  // The memory of jobs is shared. Some programs run without it, for safety.
  if (entry === undefined || !isNode() || typeof SharedArrayBuffer === "undefined") return undefined;
  try {
    // Without the program's own arguments for Node: loaders would slow the thread down, or prevent its start.
    return new NodeThread(new workerThreads.Worker(entry, { execArgv: [], name: program }));
  } catch {
    return undefined;
  }
}

/** Other runtimes have workers of Node, too, but need more time and memory for them. */
function isNode(): boolean {
  return process.release.name === "node" && !("bun" in process.versions) && !("Deno" in globalThis);
}

/** The base is a parameter, because bundlers would take `import.meta.url` in a `URL` for a file to copy. */
function findFile(path: string, base: string): URL | undefined {
  try {
    const url = new URL(path, base);
    return statSync(url, { throwIfNoEntry: false }) && url;
  } catch {
    return undefined;
  }
}

/** A job that is not done. */
interface PendingJob<Result> {
  resolve(result: Result): void;
  reject(error: Error): void;
}

/** A thread of Node. If it does not answer for a time, its jobs reject, and it ends. */
export class NodeThread<Job, Result> implements WorkThread<Job, Result> {
  readonly started: Promise<boolean>;
  readonly #worker: workerThreads.Worker;
  readonly #jobs = new Map<number, PendingJob<Result>>();
  #count = 0;
  readonly #jobTimeoutMs: number;
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;

  constructor(worker: workerThreads.Worker, jobTimeoutMs: number = JOB_TIMEOUT_MS) {
    this.#worker = worker;
    this.#jobTimeoutMs = jobTimeoutMs;
    this.started = new Promise((resolve) => {
      const timer = setTimeout(() => this.#end("it did not start in time"), START_TIMEOUT_MS);
      const onStart = (): void => {
        clearTimeout(timer);
        resolve(!this.#isEnded);
      };
      worker.once("message", () => {
        worker.on("message", (reply: JobReply<Result>) => this.#onReply(reply));
        if (this.#jobs.size === 0) worker.unref();
        onStart();
      });
      worker.on("error", (error: Error) => this.#end(error.message));
      worker.on("exit", () => {
        this.#end("it ended");
        onStart();
      });
    });
  }

  run(job: Job): Promise<Result> {
    if (this.#isEnded) return Promise.reject(new ThreadLost("the thread has ended"));
    return new Promise((resolve, reject) => {
      const id = this.#count++;
      this.#jobs.set(id, { resolve, reject });
      if (this.#jobs.size === 1) this.#watch();
      // The process must not end while it waits for a result.
      this.#worker.ref();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
      this.#worker.postMessage({ id, job });
    });
  }

  close(): void {
    this.#end("it was closed");
  }

  #onReply(reply: JobReply<Result>): void {
    const job = this.#jobs.get(reply.id);
    this.#jobs.delete(reply.id);
    this.#watch();
    if (this.#jobs.size === 0) this.#worker.unref();
    if ("error" in reply) job?.reject(new Error(reply.error));
    else job?.resolve(reply.result);
  }

  /** Rejects jobs when the thread runs no more: this thread then does them in the same memory. */
  async #reject(lost: readonly PendingJob<Result>[], reason: string): Promise<void> {
    try {
      await this.#worker.terminate();
    } finally {
      for (const job of lost) job.reject(new ThreadLost(`the thread has ended: ${reason}`));
    }
  }

  /** Ends the thread if no result arrives for a time. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#jobs.size === 0) return;
    this.#timer = setTimeout(() => this.#end("it did not respond"), this.#jobTimeoutMs);
    // The thread keeps the process running.
    this.#timer.unref();
  }

  #end(reason: string): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    const lost = [...this.#jobs.values()];
    this.#jobs.clear();
    void this.#reject(lost, reason);
  }
}
