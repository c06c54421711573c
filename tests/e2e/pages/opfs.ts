// Records into the origin private file system, or spools in it, controlled by the test.
import * as rr from "@rerun-ts/web";
import { logFrame, logStart } from "../../../examples/web/points/scene.ts";

let worker: Worker | undefined;
let rec: rr.RecordingStream | undefined;
const problems: string[] = [];

const createWorker = (): Worker => {
  worker = new Worker(new URL("../../../packages/web/dist/opfs-worker.js", import.meta.url), { type: "module" });
  return worker;
};

function newRecording(recordingId: string): rr.RecordingStream {
  rec = new rr.RecordingStream("points", { recordingId, batcher: { flushNumRows: 0 }, onError: () => {} });
  rec.addEventListener("warning", ({ warning }) => problems.push(warning.message));
  rec.addEventListener("statechange", ({ error }) => {
    if (error !== undefined) problems.push(error.message);
  });
  return rec;
}

function current(): rr.RecordingStream {
  if (rec === undefined) throw new Error("there is no recording");
  return rec;
}

const page = {
  problems,
  save: (name: string, options: rr.OpfsSinkOptions = {}, recordingId = "points") =>
    newRecording(recordingId).saveToOpfs(name, { worker: createWorker, ...options }),
  /** Spools on the way to a relay or a server. */
  spool(url: string, recordingId: string, options: rr.SpoolOptions = {}) {
    const sink = url.startsWith("ws") ? new rr.WebSocketSink(url) : new rr.GrpcSink(url);
    return newRecording(recordingId).setSink(rr.spool(sink, { worker: createWorker, ...options }));
  },
  start: () => logStart(current()),
  log(from: number, to: number) {
    for (let frame = from; frame < to; frame++) logFrame(current(), frame);
  },
  /** Logs a row of random bytes. */
  logLarge(bytes: number) {
    const data = new Uint8Array(bytes);
    for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536));
    current().log("large", new rr.Image({ data, width: bytes, height: 1 }));
  },
  /** Logs frames, and reports each that was flushed, until the page ends. */
  async logEndlessly(from: number) {
    // If only its worker ends, the page goes on, and the test begins another recording.
    const own = current();
    for (let frame = from; ; frame += 10) {
      for (let next = frame; next < frame + 10; next++) logFrame(own, next);
      const { complete } = await own.flush({ timeoutMs: 2000 });
      if (complete) await (window as unknown as { onFlushed(count: number): Promise<void> }).onFlushed(frame + 10);
    }
  },
  endWorker: () => worker?.terminate(),
  flush: (options: rr.FlushOptions = {}) =>
    current()
      .flush(options)
      .catch((error: rr.RerunError) => ({ code: error.code, message: error.message })),
  close: (timeoutMs = 5000) => current().close({ timeoutMs }),
  stats: () => current().stats().sinks[0],
  async open(name: string) {
    const { bytes, cutBytes } = await rr.openRecording(name);
    return { bytes, cutBytes };
  },
  download: async (name: string) => (await rr.openRecording(name)).download("recording.rrd"),
  sendTo: async (name: string, url: string) => (await rr.openRecording(name)).sendTo(new rr.GrpcSink(url)),
  list: () => rr.listRecordings(),
};

declare global {
  interface Window {
    opfs: typeof page;
  }
}
window.opfs = page;
