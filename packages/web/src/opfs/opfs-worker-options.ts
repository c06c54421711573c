import { describeValue } from "@rerun-ts/core/internal";
import type { CreateWorker } from "../page/create-worker.ts";

/** Creates the worker where the bundler, or the page, finds its file beside this one. */
const createDefault: CreateWorker = () =>
  new Worker(new URL("../opfs-worker.js", import.meta.url), { type: "module", name: "rerun-ts opfs" });

/** Checks the option `worker`. @throws {TypeError} if it is no function */
export function checkWorker(worker: CreateWorker | undefined): CreateWorker {
  if (worker === undefined) return createDefault;
  if (typeof worker === "function") return worker;
  throw new TypeError(`\`worker\` must be a function that returns a Worker, got ${describeValue(worker)}`);
}
