// Logs to the server that the address names, when the test says so.
import * as rr from "@rerun-ts/web";
import { logFrame, logStart } from "../../../examples/web/points/scene.ts";

const url = new URLSearchParams(location.search).get("url") ?? undefined;
const rec = new rr.RecordingStream("points", { recordingId: "points", batcher: { flushNumRows: 0 } });
const problems: string[] = [];
rec.addEventListener("statechange", ({ error }) => {
  if (error !== undefined) problems.push(error.message);
});

const page = {
  problems,
  connect: (options: Omit<rr.ConnectGrpcOptions, "url">) => rec.connectGrpc({ ...options, url }),
  start: () => logStart(rec),
  log(from: number, to: number) {
    for (let frame = from; frame < to; frame++) logFrame(rec, frame);
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
