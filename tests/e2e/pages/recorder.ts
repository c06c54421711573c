// Logs a number of frames, one chunk per row so that files can be compared chunk by chunk, and downloads them.
import * as rr from "@rerun-ts/web";
import { logFrame, logStart } from "../../../examples/web/points/scene.ts";

document.querySelector("button")?.addEventListener("click", () => {
  void record();
});

async function record(): Promise<void> {
  const rec = new rr.RecordingStream("points", { recordingId: "points", batcher: { flushNumRows: 0 } });
  logStart(rec);
  for (let frame = 0; frame < 50; frame++) logFrame(rec, frame);
  const { bytes } = await rec.download("points.rrd");
  const result = document.querySelector("#result");
  if (result) result.textContent = String(bytes);
}
