// Runs one workload in a page, as its address says: ?workload=w1&calls=1000&target=memory|none|URL of a server.
// Posts what it measured to where it came from.
import * as rr from "@rerun-ts/web";
import { programs } from "../programs.mjs";

const QUEUE_BYTES = 2 ** 30;
const FLUSH_MS = 120_000;

const { workload, calls, target } = Object.fromEntries(new URLSearchParams(location.search));

measure().then(
  (result) => post("/result", JSON.stringify(result)),
  (error) => post("/result", JSON.stringify({ error: String(error?.stack ?? error) })),
);

async function measure() {
  const { prepare, run } = programs(rr)[workload];
  const data = prepare(Number(calls));
  const rec = new rr.RecordingStream("benchmark", { recordingId: workload });
  const isLive = target.startsWith("rerun");
  if (isLive) await rec.connectGrpc(target, { waitForConnection: true, maxQueueBytes: QUEUE_BYTES });
  const memory = target === "memory" ? rec.memoryRecording() : undefined;
  rec.log("begin", new rr.TextLog("begin"), { static: true });

  const blocked = [];
  const time = (call) => {
    const start = performance.now();
    if (target !== "none") call();
    blocked.push(performance.now() - start);
  };

  await post("/begin");
  // What was prepared was a long task too, in an earlier turn.
  const longTasks = [];
  const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries()));
  observer.observe({ type: "longtask" });
  const before = performance.now();
  await run(rec, data, time);
  if (isLive) await rec.flush({ ack: true, timeoutMs: FLUSH_MS });
  if (blocked.length > 0) {
    // Taking the recording out is not logging.
    await new Promise((resolve) => setTimeout(resolve));
    longTasks.push(...observer.takeRecords());
    observer.disconnect();
  }
  const bytes = memory?.drainAsBytes();
  const seconds = (performance.now() - before) / 1000;
  await post("/end");

  const stats = rec.stats();
  const dropped = stats.droppedRows + stats.sinks.reduce((sum, sink) => sum + sink.droppedRows, 0);
  if (dropped > 0) throw new Error(`${dropped} rows were given up`);
  if (bytes !== undefined) await post("/recording", new Blob([bytes]));
  return { calls: Number(calls), seconds, blocked, longTasksMs: longTasks.map(({ duration }) => duration) };
}

async function post(path, body) {
  await fetch(path, { method: "POST", body });
}
