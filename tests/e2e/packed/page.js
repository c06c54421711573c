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
  const sent = await live.flush({ ack: true, timeoutMs: 20_000 });
  document.querySelector("output").textContent = JSON.stringify({ ...sent, kept: await keep() });
}

/** Writes to the origin private file system from a worker, and reads it. Returns the size of the recording. */
async function keep() {
  const rec = newRecording(rr);
  // Where nothing finds the file of the worker, the page names it.
  const { worker } = document.body.dataset;
  const options = worker === undefined ? {} : { worker: () => new Worker(worker, { type: "module" }) };
  await rec.saveToOpfs("kept", { ifExists: "replace", ...options });
  await record(rr, rec);
  await rec.close();
  const { size } = await (await rr.openRecording("kept")).file();
  return size;
}
