// Logs the same data as `ways.js` in a page, in the way that the test calls for.
import * as rr from "@rerun-ts/web";
import { newRecording, record } from "./record.js";

const newHost = () =>
  new rr.WorkerHost(() => new Worker(new URL("@rerun-ts/web/worker", import.meta.url), { type: "module" }));

const WAYS = {
  async "to memory"(rec) {
    const memory = rec.memoryRecording();
    record(rr, rec);
    await rec.close();
    return toBase64(memory.drainAsBytes());
  },
  async "to a stream"(rec) {
    const stream = rec.binaryStream();
    record(rr, rec);
    await rec.flush();
    return toBase64(await stream.read());
  },
  async "as a download"(rec) {
    record(rr, rec);
    await rec.download("page.rrd");
  },
  async "to the origin private file system"(rec) {
    await rec.saveToOpfs("page", { ifExists: "replace" });
    record(rr, rec);
    await rec.close();
    return toBase64(await (await rr.opfs.openRecording("page")).file());
  },
  "over gRPC-web to Rerun's server": (rec, { server }) => send(rec, rec.connectGrpc(server)),
  "over gRPC-web to a relay": (rec, { relay }) => send(rec, rec.connectGrpc(relay)),
  "over gRPC-web, from a worker, to a relay": (rec, { relay }) =>
    send(rec, rec.connectGrpc(relay, { worker: newHost() })),
  "over a WebSocket to a relay": (rec, { relay }) => send(rec, rec.connectWebSocket(relay)),
  "over a WebSocket, from a worker, to a relay": (rec, { relay }) =>
    send(rec, rec.connectWebSocket(relay, { worker: newHost() })),
  "over gRPC-web, through a spool, to a relay": (rec, { relay }) =>
    send(rec, rec.setSink(rr.spool(new rr.GrpcSink(relay)))),
};

async function send(rec, connected) {
  await connected;
  record(rr, rec);
  const { complete, droppedRows } = await rec.close();
  if (!complete || droppedRows > 0) throw new Error(`incomplete: ${droppedRows} rows were dropped`);
}

window.page = {
  /** Whether the browser has what a way needs. */
  features: () => ({ hasStorage: navigator.storage?.getDirectory !== undefined }),

  /** Logs in one of the ways. Returns the recording in Base64 if it is at hand. */
  log(way, options) {
    return WAYS[way](newRecording(rr, `${options.name} ${way}.`), options);
  },

  /** Returns how `saveToPicker` and `saveToOpfs` end: with "done", or with the code of their error. */
  async endsOfSaving() {
    const rec = new rr.RecordingStream("saving");
    rec.log("a", new rr.Scalars(1));
    const endOf = (saving) =>
      saving.then(
        () => "done",
        ({ code }) => code,
      );
    return { saveToPicker: await endOf(rec.saveToPicker("page.rrd")), saveToOpfs: await endOf(rec.saveToOpfs("ends")) };
  },

  /** Connects, and logs rows before the page is unloaded and meanwhile. */
  async logUntilTheEnd(name, url, isWebSocket) {
    const rec = new rr.RecordingStream("leaving", { recordingId: name });
    addEventListener("pagehide", () => rec.log("leaving", new rr.Scalars(3)));
    await (isWebSocket ? rec.connectWebSocket(url, { waitForConnection: true }) : rec.connectGrpc(url));
    rec.log("before", new rr.Scalars(1));
    await rec.flush({ ack: true });
    // Not yet sent when the page is unloaded.
    rec.log("waiting", new rr.Scalars(2));
  },

  logVideo,
};

const FRAMES = 30;

/** Logs a short video. Returns the recording in Base64, or the code of the error. */
async function logVideo(codec) {
  const rec = new rr.RecordingStream("video", { recordingId: `video ${codec}`, onError: () => {} });
  const memory = rec.memoryRecording();
  const canvas = new OffscreenCanvas(320, 240);
  const context = canvas.getContext("2d");
  const logged = [];
  for (let index = 0; index < FRAMES; index++) {
    context.fillStyle = ["#e00", "#0c0", "#00e"][Math.floor(index / 10)];
    context.fillRect(0, 0, canvas.width, canvas.height);
    const frame = new VideoFrame(canvas, { timestamp: Math.round((index * 1e6) / 10) });
    logged.push(rr.logVideoFrame(rec, "video", frame, { codec, maxPending: FRAMES, time: { frame: index } }));
    frame.close();
  }
  try {
    await Promise.all(logged);
  } catch ({ code }) {
    return { code };
  }
  await rec.flush();
  return { rrd: await toBase64(memory.drainAsBytes()) };
}

/** The content of bytes or a `Blob`. */
function toBase64(content) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(new Blob([content]));
  });
}
