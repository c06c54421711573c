import type { CreateWorker } from "../page/create-worker.ts";

/** Creates the worker from the file beside this one, where bundlers and pages find it. */
export const createStorageWorker: CreateWorker = () =>
  new Worker(new URL("../opfs-worker.js", import.meta.url), { type: "module", name: "rerun-ts opfs" });
