// A page and its worker log into one recording, each over a separate connection.
import * as rr from "@rerun-ts/web";
import { serverUrl, showStatus } from "../page.ts";
import type { Order, Report } from "./worker.ts";

const rec = new rr.RecordingStream("rerun_ts_worker");
void rec.connectGrpc(serverUrl);

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
send({ recordingId: rec.recordingId, url: serverUrl });

let step = 0;
let last: number | undefined;
requestAnimationFrame(function draw(now) {
  const time = { step, time: new Date() };
  if (last !== undefined) rec.log("frame_time", new rr.Scalars(now - last), { time });
  last = now;
  requestAnimationFrame(draw);
});

const button = document.querySelector("button");
button?.addEventListener("click", () => send("stop"));
worker.addEventListener("message", ({ data }: MessageEvent<Report>) => {
  if (data !== "stopped") step = data;
  else if (button) button.textContent = "The worker has stopped; all of its data has arrived";
});

function send(order: Order): void {
  worker.postMessage(order);
}

showStatus(rec);
