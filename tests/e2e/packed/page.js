// A page that logs, sends its data to the server named in its URL, directly, from a worker and through a spool, keeps it
// and downloads it.
import * as rr from "@rerun-ts/web";
import { newRecording, record } from "./record.js";

document.querySelector("button").addEventListener("click", () => void run());
document.documentElement.dataset.ready = "true";

async function run() {
  const rec = newRecording(rr);
  await record(rr, rec);
  await rec.download("packed.rrd");

  const url = new URLSearchParams(location.search).get("url");
  const sent = await send(document.title, (live) => live.connectGrpc(url));
  const hosted = await send(`${document.title}, from a worker`, (live) =>
    live.connectGrpc(url, { worker: createHost() }),
  );
  const spool = rr.spool(new rr.GrpcSink(url), workerOptions);
  const spooled = await send(`${document.title}, through a spool`, (live) => live.setSink(spool));
  const [kept, encoded] = [await keep(), await encode()];
  document.querySelector("output").textContent = JSON.stringify({ sent, hosted, spooled, kept, encoded });
}

/** Sends the data to the server. Returns whether it has arrived. */
async function send(recordingId, connect) {
  const live = new rr.RecordingStream("packed", { recordingId });
  const warnings = [];
  live.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
  await connect(live);
  await record(rr, live);
  const { complete, droppedRows } = await live.flush({ ack: true, timeoutMs: 20_000 });
  return { complete, droppedRows, warnings };
}

/** Where nothing finds the files of the workers, the page names them. */
const { storageWorker, hostWorker, encoderWorker } = document.body.dataset;
const workerOptions = storageWorker && { createWorker: () => new Worker(storageWorker, { type: "module" }) };
const encoderOptions = encoderWorker && { createWorker: () => new Worker(encoderWorker, { type: "module" }) };

function createHost() {
  if (hostWorker) return new rr.WorkerHost(() => new Worker(hostWorker, { type: "module" }));
  return new rr.WorkerHost(() => new Worker(new URL("@rerun-ts/web/worker", import.meta.url), { type: "module" }));
}

/** Logs an image that a worker encodes. Returns whether it was logged, and the warnings. */
async function encode() {
  const rec = new rr.RecordingStream("packed");
  const warnings = [];
  rec.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
  const logged = await rr.logImageBitmap(rec, "image", new ImageData(8, 8), encoderOptions);
  return { logged, warnings };
}

/** Writes to the origin private file system from a worker, and reads it. Returns the size of the recording. */
async function keep() {
  const rec = newRecording(rr);
  await rec.saveToOpfs("kept", { ifExists: "replace", ...workerOptions });
  await record(rr, rec);
  await rec.close();
  const { size } = await (await rr.opfs.openRecording("kept")).file();
  return size;
}
