// Several threads or processes log to the same recording on a server: `grpc-several.mjs <threads|processes> <url>`.
import cluster from "node:cluster";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker, isMainThread, workerData } from "node:worker_threads";
import * as rr from "@rerun-ts/node";
import { ROWS, logRows } from "./lib/rows.mjs";

const COUNT = 3;
const [way, url, part] = isMainThread ? process.argv.slice(2) : workerData;
const program = fileURLToPath(import.meta.url);

if (part !== undefined) {
  const recording = new rr.RecordingStream("grpc", { recordingId: "grpc", sendProperties: part === "0" });
  await recording.connectGrpc(url);
  logRows(recording, ROWS, Number(part) * ROWS);
  await recording.close();
  if (cluster.isWorker) cluster.worker.disconnect();
} else if (way === "threads") {
  const threads = Array.from(
    { length: COUNT },
    (_, index) => new Worker(program, { workerData: [way, url, String(index)] }),
  );
  await Promise.all(threads.map((thread) => once(thread, "exit")));
} else {
  for (let index = 0; index < COUNT; index++) {
    cluster.setupPrimary({ exec: program, args: [way, url, String(index)] });
    cluster.fork();
  }
}
