// Logs to the server named in the URL, controlled by the test.
import * as rr from "@rerun-ts/web";
import { logCloud } from "./clouds.ts";
import { logPictures } from "./log-pictures.ts";
import { logFrame, logStart } from "../../../examples/web/points/scene.ts";

const query = new URLSearchParams(location.search);
const url = query.get("url") ?? undefined;
const workers: Readonly<Record<string, () => Worker>> = {
  usual: () => new Worker(new URL("@rerun-ts/web/worker", import.meta.url), { type: "module" }),
  blobs: () => new Worker(new URL("./blob-worker.ts", import.meta.url), { type: "module" }),
};
const createWorker = workers[query.get("worker") ?? ""];
const worker = createWorker && new rr.WorkerHost(createWorker);
const rec = new rr.RecordingStream("points", { recordingId: "points", batcher: { flushNumRows: 0 } });
const problems: string[] = [];
rec.addEventListener("statechange", ({ error }) => {
  if (error !== undefined) problems.push(error.message);
});

rec.addEventListener("warning", ({ warning }) => problems.push(warning.message));

const page = {
  logPictures: () => logPictures(rec),
  problems,
  connect: (options: Omit<rr.types.ConnectGrpcOptions & rr.types.ConnectWebSocketOptions, "url">) =>
    url?.startsWith("ws") === true
      ? rec.connectWebSocket(url, { worker, ...options })
      : rec.connectGrpc(url, { worker, ...options }),
  start: () => logStart(rec),
  log(from: number, to: number) {
    for (let frame = from; frame < to; frame++) logFrame(rec, frame);
  },
  logClouds(from: number, to: number) {
    if (from === 0) logCloud(rec, "static");
    for (let cloud = from; cloud < to; cloud++) logCloud(rec, cloud);
  },
  /** Logs a row that is larger than the final request of a page may be. */
  logLarge(bytes: number) {
    const noise = crypto.getRandomValues(new Uint8Array(Math.min(bytes, 65_536)));
    const data = Uint8Array.from({ length: bytes }, (_, index) => noise[(index * 31) % noise.length] as number);
    rec.log("large", new rr.Image({ data, width: bytes, height: 1 }));
  },
  /** Logs a large row every few milliseconds until the page is unloaded, and stores the number of rows. */
  stream(key: string) {
    let rows = 0;
    setInterval(() => {
      page.logLarge(30_000);
      localStorage.setItem(key, String(++rows));
    }, 5);
  },
  close: (timeoutMs: number) => rec.close({ timeoutMs }),
  /** Stores the number of dropped rows beyond the end of the page. */
  noteDrops(key: string) {
    const drops: object[] = [];
    rec.addEventListener("drop", ({ rows, reason, sink }) => {
      drops.push({ rows, reason, droppedRows: sink.droppedRows });
      localStorage.setItem(key, JSON.stringify(drops));
    });
  },
  /** Saves the recording, and returns the reported progress. */
  async download() {
    const steps: rr.types.FileProgress[] = [];
    const { bytes } = await rec.download("large.rrd", { onProgress: (step) => steps.push(step) });
    return { bytes, steps };
  },
  flush: (timeoutMs: number) => rec.flush({ ack: true, timeoutMs }),
  stats: () => rec.stats(),
};

declare global {
  interface Window {
    live: typeof page;
  }
}
window.live = page;
