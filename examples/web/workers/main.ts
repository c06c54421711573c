// Three workers log to the recording of the page, which another worker sends to the viewer.
import * as rr from "@rerun-ts/web";
import { serverUrl, showStatus } from "../page.ts";
import type { Order } from "./worker.ts";

const rec = new rr.RecordingStream("rerun_ts_workers");
const host = new rr.WorkerHost(() => new Worker(new URL("@rerun-ts/web/worker", import.meta.url), { type: "module" }));
void rec.connectGrpc(serverUrl, { worker: host });

for (let part = 0; part < 3; part++) {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const port = rr.shareRecording(rec);
  const order: Order = { port, part };
  worker.postMessage(order, [port]);
}

let step = 0;
setInterval(() => rec.log("page/step", new rr.Scalars(step), { time: { step: step++ } }), 50);

showStatus(rec);
