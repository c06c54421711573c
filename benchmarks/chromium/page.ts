// Runs one workload in a page, as its address says:
// ?program=w1&calls=1000&target=memory|none|ADDRESS-OF-A-SERVER[&worker|&bare]. Posts its measurements to the server of
// the page.
import * as rr from "@rerun-ts/web";
import { findProgram } from "../programs.ts";
import { prepareBare } from "./bare.ts";
import { logMovingCanvas } from "./canvas.ts";
import type { PageMeasurement, PageReport } from "./run-page.ts";

const QUEUE_BYTES = 2 ** 30;
const FLUSH_MS = 120_000;
/** The program that logs a canvas, which only pages have. */
const CANVAS = "canvas";

const query = new URLSearchParams(location.search);
const program = query.get("program") ?? "";
const calls = Number(query.get("calls"));
const target = query.get("target") ?? "";

(query.has("bare") ? measureBare() : measure())
  .catch((error: unknown): PageReport => ({ error: error instanceof Error ? String(error.stack) : String(error) }))
  .then((report) => post("/result", JSON.stringify(report)))
  .catch(console.error);

async function measure(): Promise<PageMeasurement> {
  const run = program === CANVAS ? undefined : findProgram(rr, program)(calls);
  const rec = new rr.RecordingStream("benchmark", { recordingId: program });
  const isLive = /^(rerun|ws)/.test(target);
  const worker = query.has("worker")
    ? new rr.WorkerHost(() => new Worker("/worker.js", { type: "module" }))
    : undefined;
  const options = { waitForConnection: true, maxQueueBytes: QUEUE_BYTES, worker };
  if (target.startsWith("ws")) await rec.connectWebSocket(target, options);
  else if (isLive) await rec.connectGrpc(target, options);
  const memory = target === "memory" ? rec.memoryRecording() : undefined;
  rec.log("begin", new rr.TextLog("begin"), { static: true });

  const blocked: number[] = [];
  await post("/begin");
  // The preparation was a long task too, before this one.
  const longTasks: PerformanceEntry[] = [];
  const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries()));
  observer.observe({ type: "longtask" });
  const before = performance.now();
  if (run === undefined) await logMovingCanvas(rec, calls, target !== "none");
  await run?.(rec, (call) => {
    const start = performance.now();
    if (target !== "none") call();
    blocked.push(performance.now() - start);
  });
  if (isLive) await rec.flush({ ack: true, timeoutMs: FLUSH_MS });
  if (run === undefined || blocked.length > 0) {
    // Taking the recording out is not logging.
    await new Promise((resolve) => setTimeout(resolve));
    longTasks.push(...observer.takeRecords());
    observer.disconnect();
  }
  const bytes = memory?.drainAsBytes();
  const seconds = (performance.now() - before) / 1000;
  await post("/end");

  const dropped = rec.stats().sinks.reduce((sum, sink) => sum + sink.droppedRows, 0);
  if (dropped > 0) throw new Error(`${dropped} rows were dropped`);
  if (bytes !== undefined) await post("/recording", new Blob([bytes]));
  return { calls, seconds, blocked, longTasksMs: longTasks.map(({ duration }) => duration) };
}

/** Measures the platform alone with the same bytes. */
async function measureBare(): Promise<PageMeasurement> {
  const send = await prepareBare(findProgram(rr, program)(calls), target);
  await post("/begin");
  const before = performance.now();
  await send();
  const seconds = (performance.now() - before) / 1000;
  await post("/end");
  return { calls, seconds, blocked: [], longTasksMs: [] };
}

async function post(path: string, body: string | Blob | null = null): Promise<void> {
  await fetch(path, { method: "POST", body });
}
