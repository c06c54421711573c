// Logs a cloud of 100,000 points in each frame, and shows the clouds in the real viewer beside it, as its address says:
// ?calls=300. Posts its measurements to the server of the page.
import type { WebViewer } from "@rerun-io/web-viewer";
import * as rr from "@rerun-ts/web";
import { findProgram } from "../programs.ts";
import type { PageReport, ViewerMeasurement } from "./run-page.ts";

const calls = Number(new URLSearchParams(location.search).get("calls"));

measure()
  .catch((error: unknown): PageReport => ({ error: error instanceof Error ? String(error.stack) : String(error) }))
  .then((report) => fetch("/result", { method: "POST", body: JSON.stringify(report) }))
  .catch(console.error);

async function measure(): Promise<ViewerMeasurement> {
  const run = findProgram(rr, "w4-frames")(calls);
  const element = document.body.appendChild(document.createElement("div"));
  element.style.height = "400px";
  const { viewer } = await rr.viewer.openWebViewer<WebViewer>({ element, renderBackend: "webgl" });
  const rec = new rr.RecordingStream("benchmark", { recordingId: "viewer" });
  const passes = measurePasses(viewer);
  await rec.setSink(new rr.WebViewerSink(viewer));

  const blocked: number[] = [];
  const before = performance.now();
  await run(rec, (call) => {
    const start = performance.now();
    call();
    blocked.push(performance.now() - start);
  });
  const seconds = (performance.now() - before) / 1000;
  await rec.flush({ timeoutMs: 60_000 });
  const droppedRows = rec.stats().sinks[0]?.droppedRows ?? NaN;
  return { calls, seconds, blocked, passes, droppedRows, longTasksMs: [] };
}

/**
 * Measures how long the SDK works in each frame, in milliseconds, until it calls the viewer: the SDK continues directly
 * after its own callback of the frame.
 */
function measurePasses(viewer: WebViewer): readonly number[] {
  const passes: number[] = [];
  let frameAt = 0;
  const request = requestAnimationFrame;
  globalThis.requestAnimationFrame = (draw) =>
    request((time) => {
      frameAt = performance.now();
      draw(time);
    });
  const open = viewer.open_channel.bind(viewer);
  viewer.open_channel = (name) => {
    const channel = open(name);
    const send = channel.send_rrd.bind(channel);
    channel.send_rrd = (rrd) => {
      passes.push(performance.now() - frameAt);
      send(rrd);
    };
    return channel;
  };
  return passes;
}
