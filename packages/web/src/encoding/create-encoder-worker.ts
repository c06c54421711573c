import type { CreateWorker } from "../page/create-worker.ts";

/** Creates the worker where the bundler, or the page, finds its file beside this one. */
export const createEncoderWorker: CreateWorker = () =>
  new Worker(new URL("../encoder-worker.js", import.meta.url), { type: "module", name: "rerun-ts encoder" });
