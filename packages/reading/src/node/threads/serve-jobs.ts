import { parentPort } from "node:worker_threads";
import { messageOf } from "@rerun-ts/core/checks";

export type JobReply<Result> =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly error: string };

/** Does the jobs that the other thread posts. */
export function serveJobs(work: (job: never) => unknown): void {
  const port = parentPort;
  if (port === null) return;
  port.on("message", ({ id, job }: { id: number; job: never }) => {
    let reply: JobReply<unknown>;
    try {
      reply = { id, result: work(job) };
    } catch (error) {
      reply = { id, error: messageOf(error) };
    }
    port.postMessage(reply);
  });
  // Says that the thread runs.
  port.postMessage(undefined);
}
