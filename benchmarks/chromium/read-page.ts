// Has a worker read a `File`, as the address of the page says: ?program=r2&calls=5&steps=160000. Posts its measurements
// to the server of the page.
import type { PageMeasurement, PageReport } from "./run-page.ts";
import type { ReadReport, ReadRequest } from "./read-worker.ts";

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
  const worker = new Worker("/read-worker.js", { type: "module" });
  await post("/begin");
  const longTasks: PerformanceEntry[] = [];
  const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries()));
  observer.observe({ type: "longtask" });
  const report = await new Promise<ReadReport>((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<ReadReport>) => resolve(data));
    worker.addEventListener("error", ({ message }) => reject(new Error(message)));
    worker.postMessage(request);
  });
  await post("/end");
  longTasks.push(...observer.takeRecords());
  if ("error" in report) throw new Error(report.error);
  return { calls: request.calls, ...report, blocked: [], longTasksMs: longTasks.map(({ duration }) => duration) };
}

async function post(path: string, body: string | null = null): Promise<void> {
  await fetch(path, { method: "POST", body });
}
