// Reads a `File` in the page or, with `worker` in its address, in a worker: ?program=r2&calls=5&steps=160000. Posts its
// measurements to the server of the page.
import { LongestGap } from "./longest-gap.ts";
import { readFile, type ReadReport, type ReadRequest } from "./read-file.ts";
import type { PageMeasurement, PageReport } from "./run-page.ts";

const query = new URLSearchParams(location.search);

measure()
  .catch((error: unknown): PageReport => ({ error: error instanceof Error ? String(error.stack) : String(error) }))
  .then((report) => post("/result", JSON.stringify(report)))
  .catch(console.error);

async function measure(): Promise<PageMeasurement> {
  const blob = await (await fetch("/file")).blob();
  const request: ReadRequest = {
    program: query.get("program") ?? "",
    calls: Number(query.get("calls")),
    steps: Number(query.get("steps")),
    file: new File([blob], "robot.rrd"),
  };
  const read = query.has("worker") ? readInWorker : readFile;
  const gap = new LongestGap();
  await post("/begin");
  gap.start();
  const report = await read(request);
  const longest = gap.stop();
  await post("/end");
  if ("error" in report) throw new Error(report.error);
  return { calls: request.calls, ...report, blocked: [], longTasksMs: [longest] };
}

function readInWorker(request: ReadRequest): Promise<ReadReport> {
  const worker = new Worker("/read-worker.js", { type: "module" });
  return new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<ReadReport>) => resolve(data));
    worker.addEventListener("error", ({ message }) => reject(new Error(message)));
    worker.postMessage(request);
  });
}

async function post(path: string, body: string | null = null): Promise<void> {
  await fetch(path, { method: "POST", body });
}
