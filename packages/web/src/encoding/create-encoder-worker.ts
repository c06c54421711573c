import type { CreateWorker } from "../page/create-worker.ts";

/** Creates the worker from the file beside this one, where bundlers and pages find it. */
export const createEncoderWorker: CreateWorker = () =>
  new Worker(new URL("../encoder-worker.js", import.meta.url), { type: "module", name: "rerun-ts encoder" });
