// A page that logs, sends its data to the server named in its URL, and downloads the recording.
import * as rr from "@rerun-ts/web";
import { newRecording, record } from "./record.js";

document.querySelector("button").addEventListener("click", () => void run());

async function run() {
  const rec = newRecording(rr);
  await record(rr, rec);
  await rec.download("packed.rrd");

  const live = new rr.RecordingStream("packed", { recordingId: document.title });
  await live.connectGrpc(new URLSearchParams(location.search).get("url"));
  await record(rr, live);
  document.querySelector("output").textContent = JSON.stringify(await live.flush({ ack: true, timeoutMs: 20_000 }));
}
