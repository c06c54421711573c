// Logs in a worker thread that ends in one of several ways: `worker.mjs <way> <file>`.
import { Worker, isMainThread, workerData } from "node:worker_threads";
import * as rr from "@rerun-ts/node";
import { logRows } from "./lib/rows.mjs";

const WAYS = {
  "ends without closing"() {},
  "calls process.exit"() {
    process.exit(0);
  },
  async "closes the recording"(recording) {
    await recording.close();
  },
  "throws an uncaught exception"() {
    throw new Error("not caught");
  },
};

if (isMainThread) {
  const [way, file] = process.argv.slice(2);
  const worker = new Worker(new URL(import.meta.url), { workerData: { way, file } });
  worker.on("error", ({ message }) => console.error(message));
} else {
  const { way, file } = workerData;
  const recording = new rr.RecordingStream("worker");
  await recording.save(file);
  logRows(recording);
  await WAYS[way](recording);
}
