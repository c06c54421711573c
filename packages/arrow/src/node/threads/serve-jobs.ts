import { parentPort } from "node:worker_threads";
import { messageOf } from "@rerun-ts/core/checks";

/** The reply to a job. */
export type JobReply<Result> =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly error: string };

/** The result of a job, and the memory of it that is handed over instead of copied. */
export interface JobResult<Result> {
  readonly result: Result;
  readonly transfer: readonly ArrayBuffer[];
}

/** Does the jobs that the other thread posts. */
export function serveJobs<Job, Result>(work: (job: Job) => JobResult<Result>): void {
  const port = parentPort;
  if (port === null) return;
  port.on("message", ({ id, job }: { id: number; job: Job }) => {
    try {
      const { result, transfer } = work(job);
      port.postMessage({ id, result } satisfies JobReply<Result>, transfer);
    } catch (error) {
      port.postMessage({ id, error: messageOf(error) } satisfies JobReply<Result>);
    }
  });
  // Says that the thread runs.
  port.postMessage(undefined);
}
