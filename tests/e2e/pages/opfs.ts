// Records into the origin private file system, or spools in it, controlled by the test.
import * as rr from "@rerun-ts/web";
import { logFrame, logStart } from "../../../examples/web/points/scene.ts";

/** How many frames are flushed at once by a page that logs until it ends. */
const GROUP = 4;

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

/** Random data cannot be compressed. */
function randomBytes(count: number): Uint8Array {
  const data = new Uint8Array(count);
  for (let at = 0; at < count; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536));
  return data;
}

const page = {
  problems,
  save: (name: string, options: rr.types.OpfsSinkOptions = {}, recordingId = "points") =>
    newRecording(recordingId).saveToOpfs(name, { createWorker, ...options }),
  /** Spools on the way to a relay or a server. */
  spool(url: string, recordingId: string, options: rr.types.SpoolOptions = {}) {
    const sink = url.startsWith("ws") ? new rr.WebSocketSink(url) : new rr.GrpcSink(url);
    return newRecording(recordingId).setSink(rr.spool(sink, { createWorker, ...options }));
  },
  start: () => logStart(current()),
  log(from: number, to: number) {
    for (let frame = from; frame < to; frame++) logFrame(current(), frame);
  },
  /** Logs a row of random bytes. */
  logLarge(bytes: number) {
    current().log("large", new rr.Image({ data: randomBytes(bytes), width: bytes, height: 1 }));
  },
  /**
   * Logs frames in groups, each with a large row if asked to, and reports the flushed frames with `id`, until the page
   * ends.
   */
  async logEndlessly(id: string, largeBytes = 0, from = 0) {
    // If only its worker ends, the page goes on, and the test begins another recording.
    const own = current();
    const large = randomBytes(largeBytes);
    for (let end = from + GROUP; ; end += GROUP) {
      for (let frame = end - GROUP; frame < end; frame++) logFrame(own, frame);
      if (largeBytes > 0) own.log("large", new rr.Image({ data: large, width: largeBytes, height: 1 }));
      const { complete } = await own.flush({ timeoutMs: 2000 });
      if (complete) await onFlushed(id, end);
    }
  },
  endWorker: () => worker?.terminate(),
  flush: (options: rr.types.FlushOptions = {}) =>
    current()
      .flush(options)
      .catch((error: rr.RerunError) => ({ code: error.code, message: error.message })),
  close: (timeoutMs = 5000) => current().close({ timeoutMs }),
  stats: () => current().stats().sinks[0],
  async open(name: string) {
    const { bytes, cutBytes } = await rr.opfs.openRecording(name);
    return { bytes, cutBytes };
  },
  download: async (name: string) => (await rr.opfs.openRecording(name)).download("recording.rrd"),
  /** The recording as a `.rrd` in Base64. */
  async read(name: string) {
    const reader = new FileReader();
    reader.readAsDataURL(await (await rr.opfs.openRecording(name)).file());
    await new Promise((resolve) => reader.addEventListener("load", resolve, { once: true }));
    return (reader.result as string).split(",")[1] as string;
  },
  delete: (name: string) => rr.opfs.deleteRecording(name),
  sendTo: async (name: string, url: string) => (await rr.opfs.openRecording(name)).sendTo(new rr.GrpcSink(url)),
  list: () => rr.opfs.listRecordings(),
};

declare global {
  /** The test passes this number: the page has flushed all frames before this frame. */
  function onFlushed(id: string, frame: number): Promise<void>;
  interface Window {
    opfs: typeof page;
  }
}
window.opfs = page;
