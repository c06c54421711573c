// Uses each feature of the package under the conditions of the page that it is in, controlled by the test.
import * as rr from "@rerun-ts/web";
import type { JoinRequest } from "../../../packages/web/test/browser/joining-worker.ts";

const ROWS = 40;
const FRAMES = 5;

/** The outcome of a recording. */
export interface Outcome {
  readonly rows: number;
  readonly droppedRows: number;
  /** The result of the last flush, or the code of its error. */
  readonly flushed: boolean | string;
  /** Errors and warnings that were reported. */
  readonly reports: readonly string[];
}

/** The counts of logged, dropped and captured images or frames of video. */
export interface Captured {
  readonly logged: number;
  readonly dropped: number;
  /** How many frames were captured at least. */
  readonly captured?: number;
}

/** The outcome of a recording with images and video, by their paths. */
export interface CapturedOutcome extends Outcome {
  readonly of: Readonly<Record<string, Captured>>;
}

/** The errors that no page may have: errors that no code has caught. */
const uncaught: string[] = [];
/** The requests that the content security policy has blocked. */
const violations: string[] = [];
addEventListener("unhandledrejection", ({ reason }) => uncaught.push(`unhandled rejection: ${String(reason)}`));
addEventListener("error", ({ message }) => uncaught.push(`error: ${message}`));
document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
  violations.push(`${effectiveDirective} ${blockedURI}`),
);

const reports: string[] = [];
const noted = (message: string): void => void reports.push(message);

function newRecording(recordingId: string): rr.RecordingStream {
  const onError = ({ code }: rr.RerunError): void => noted(`error ${code}`);
  const rec = new rr.RecordingStream("hard", { recordingId, sendProperties: false, onError });
  rec.addEventListener("warning", ({ warning }) => noted(warning.message));
  return rec;
}

function logRows(rec: rr.RecordingStream): void {
  for (let row = 0; row < ROWS; row++) {
    rec.setTime("row", row);
    rec.log("rows", new rr.Scalars(row));
  }
}

/** Sends everything, closes the recording, and returns the outcome. */
async function finish(rec: rr.RecordingStream, others = 0): Promise<Outcome> {
  const flushed = await rec.flush({ ack: true, timeoutMs: 20_000 }).then(
    ({ complete }) => complete,
    (error: rr.RerunError) => error.code,
  );
  await rec.close({ timeoutMs: 1000 }).catch(({ code }: rr.RerunError) => noted(`rejected ${code}`));
  const { rows, droppedRows } = rec.stats();
  return { rows: rows + others, droppedRows, flushed, reports: reports.splice(0) };
}

const createHost = (): Worker =>
  new Worker(new URL("@rerun-ts/web/worker", import.meta.url), { type: "module", name: "host" });
const createStorage = (): Worker =>
  new Worker(new URL("../../../packages/web/dist/opfs-worker.js", import.meta.url), { type: "module" });
const createJoining = (): Worker =>
  new Worker(new URL("../../../packages/web/test/browser/joining-worker.ts", import.meta.url), { type: "module" });

function createSink(url: string): rr.GrpcSink | rr.WebSocketSink {
  return url.startsWith("ws") ? new rr.WebSocketSink(url) : new rr.GrpcSink(url);
}

/** A canvas with something that moves. */
function animatedCanvas(): { readonly canvas: HTMLCanvasElement; readonly context: CanvasRenderingContext2D } {
  const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 120 });
  document.body.append(canvas);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser has no 2D canvas");
  let frame = 0;
  const paint = (): void => {
    context.fillStyle = frame % 2 === 0 ? "red" : "blue";
    context.fillRect(frame++ % 100, 0, 20, 20);
    requestAnimationFrame(paint);
  };
  paint();
  return { canvas, context };
}

function until(isTrue: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => (isTrue() ? resolve() : void requestAnimationFrame(check));
    check();
  });
}

async function nextFrames(count: number): Promise<void> {
  for (let frame = 0; frame < count; frame++) await new Promise(requestAnimationFrame);
}

async function ofVideo(capture: rr.video.VideoCapture): Promise<Captured> {
  const { frames, dropped } = await capture.stop();
  return { logged: frames, dropped };
}

/** Logs a canvas, and counts the frames that are captured. */
function logCounted(rec: rr.RecordingStream, path: string, canvas: HTMLCanvasElement, options: rr.video.VideoOptions) {
  let captured = 0;
  const time = ({ index }: rr.video.CapturedFrame): rr.types.TimePointLike => {
    captured = index + 1;
    return { frame: index };
  };
  const capture = rr.video.logCanvas(rec, path, canvas, { ...options, time });
  return { ...capture, stop: async (): Promise<Captured> => ({ ...(await ofVideo(capture)), captured }) };
}

/** The parts of the test, each of which the test calls once. */
const page = {
  uncaught,
  violations,

  /** Sends rows to a server. */
  async send(id: string, url: string, isHosted = false): Promise<Outcome> {
    const rec = newRecording(id);
    const worker = isHosted ? new rr.WorkerHost(createHost) : undefined;
    if (url.startsWith("ws")) await rec.connectWebSocket(url, { worker });
    else await rec.connectGrpc(url, { worker });
    logRows(rec);
    const outcome = await finish(rec);
    worker?.close();
    return outcome;
  },

  /** Sends rows of the page and of a worker that has joined it. */
  async sendJoined(id: string, url: string): Promise<Outcome> {
    const rec = newRecording(id);
    await rec.setSink(createSink(url));
    const worker = createJoining();
    const port = rr.shareRecording(rec);
    const request: JoinRequest = { port, name: "joined", rows: ROWS };
    const done = new Promise((resolve) => worker.addEventListener("message", resolve, { once: true }));
    worker.postMessage(request, [port]);
    logRows(rec);
    await done;
    worker.terminate();
    return finish(rec, ROWS);
  },

  /** Sends rows through a spool. */
  async spool(id: string, url: string): Promise<Outcome> {
    const rec = newRecording(id);
    const opened = rec.setSink(rr.spool(createSink(url), { createWorker: createStorage }));
    await opened.catch(({ code }: rr.RerunError) => noted(`rejected ${code}`));
    logRows(rec);
    return finish(rec);
  },

  /** Keeps rows in the browser. Returns their outcome, and the number of readable bytes. */
  async keep(id: string): Promise<Outcome & { readonly rrd: string }> {
    const rec = newRecording(id);
    const opened = rec.saveToOpfs(id, { createWorker: createStorage, ifExists: "replace" });
    await opened.catch(({ code }: rr.RerunError) => noted(`rejected ${code}`));
    logRows(rec);
    const outcome = await finish(rec);
    const read = async (): Promise<string> => {
      const bytes = new Uint8Array(await (await (await rr.opfs.openRecording(id)).file()).arrayBuffer());
      return btoa(String.fromCharCode(...bytes));
    };
    const rrd = await read().catch((error: rr.RerunError) => `rejected ${error.code}`);
    return { ...outcome, rrd };
  },

  async download(id: string): Promise<Outcome> {
    const rec = newRecording(id);
    logRows(rec);
    await rec.download(`${id}.rrd`);
    const { rows, droppedRows } = rec.stats();
    return { rows, droppedRows, flushed: true, reports: reports.splice(0) };
  },

  /** Logs images and video of all kinds, and the reports of sensors. */
  async capture(id: string, url: string): Promise<CapturedOutcome> {
    const rec = newRecording(id);
    await rec.setSink(createSink(url));
    const stops = [
      rr.sensors.logPointer(rec, "sensors/pointer"),
      rr.sensors.logPerformance(rec, "sensors/performance"),
      rr.sensors.logNetwork(rec, "sensors/network"),
      rr.sensors.logGeolocation(rec, "sensors/geolocation"),
      rr.sensors.logDeviceMotion(rec, "sensors/motion"),
      rr.sensors.logDeviceOrientation(rec, "sensors/orientation"),
    ];
    const { canvas } = animatedCanvas();
    dispatchEvent(new PointerEvent("pointermove", { clientX: 1, clientY: 2 }));
    const encodings = ["jpeg", "png", "raw"] as const;
    const images = await Promise.all(
      encodings.map((encoding) => rr.logImageBitmap(rec, "images", canvas, { encoding })),
    );
    const game = logCounted(rec, "canvas", canvas, { codec: "VP8" });
    const stream = rr.video.logMediaStream(rec, "stream", canvas.captureStream(), { codec: "VP8" });
    await until(() => game.stats().frames >= FRAMES && stream.stats().frames >= FRAMES);
    const frames: Promise<boolean>[] = [];
    for (let index = 0; index < FRAMES; index++) {
      const frame = new VideoFrame(canvas, { timestamp: index });
      frames.push(rr.video.logVideoFrame(rec, "frames", frame, { codec: "VP8", maxPending: FRAMES }));
      frame.close();
    }
    const ofResults = (results: readonly boolean[]): Captured => {
      const logged = results.filter(Boolean).length;
      return { logged, dropped: results.length - logged };
    };
    const of = {
      images: ofResults(images),
      canvas: await game.stop(),
      stream: await ofVideo(stream),
      frames: ofResults(await Promise.all(frames)),
    };
    for (const stop of stops) stop();
    return { ...(await finish(rec)), of };
  },

  /** Logs a canvas that shows an image of another origin for a while, and has no pixels for a while. */
  async captureForeign(id: string, url: string, imageUrl: string): Promise<CapturedOutcome> {
    const rec = newRecording(id);
    await rec.setSink(createSink(url));
    const { canvas, context } = animatedCanvas();
    const image = new Image();
    image.src = imageUrl;
    await image.decode();
    const capture = logCounted(rec, "canvas", canvas, { codec: "VP8" });
    const jpegs = logCounted(rec, "jpegs", canvas, { codec: "JPEG" });
    const both = [capture, jpegs];
    const more = (of: "frames" | "dropped"): Promise<void> => {
      const before = both.map((one) => one.stats()[of]);
      return until(() => both.every((one, index) => one.stats()[of] >= (before[index] as number) + FRAMES));
    };
    await more("frames");
    context.drawImage(image, 0, 0);
    await more("dropped");
    const single = await rr.logImageBitmap(rec, "images", canvas);
    canvas.width = 0;
    await nextFrames(2);
    // A new size empties the canvas: it can be read again.
    canvas.width = 160;
    await more("frames");
    const of = {
      canvas: await capture.stop(),
      jpegs: await jpegs.stop(),
      images: { logged: Number(single), dropped: Number(!single) },
    };
    return { ...(await finish(rec)), of };
  },

  /** Logs a canvas, as video and as a stream, that has no pixels when it begins, and few for a while. */
  async captureCollapsing(id: string, url: string): Promise<CapturedOutcome & { readonly codec: string | undefined }> {
    const rec = newRecording(id);
    await rec.setSink(createSink(url));
    const { canvas } = animatedCanvas();
    canvas.width = 0;
    const capture = logCounted(rec, "canvas", canvas, {});
    const single = await rr.logImageBitmap(rec, "images", canvas);
    await nextFrames(10);
    canvas.width = 160;
    const stream = rr.video.logMediaStream(rec, "stream", canvas.captureStream());
    const both = [capture, stream];
    const more = (): Promise<void> => {
      const before = both.map((one) => one.stats().frames);
      return until(() => both.every((one, index) => one.stats().frames >= (before[index] as number) + FRAMES));
    };
    await more();
    for (const [width, height] of [
      [160, 1],
      [1, 1],
      [0, 0],
      [3, 120],
    ] as const) {
      Object.assign(canvas, { width, height });
      await nextFrames(10);
    }
    Object.assign(canvas, { width: 160, height: 120 });
    await more();
    const { codec } = capture.stats();
    const of = {
      canvas: await capture.stop(),
      stream: await ofVideo(stream),
      images: { logged: Number(single), dropped: Number(!single) },
    };
    return { ...(await finish(rec)), of, codec };
  },

  /** Shows rows in the viewer within the page. */
  async show(id: string): Promise<Outcome> {
    const rec = newRecording(id);
    const element = document.createElement("div");
    element.style.height = "300px";
    document.body.append(element);
    logRows(rec);
    const { stop } = await rr.viewer.openWebViewer({ element, recording: rec, renderBackend: "webgl" });
    const { complete } = await rec.flush({ ack: true, timeoutMs: 40_000 });
    stop();
    const { rows, droppedRows } = rec.stats();
    return { rows, droppedRows, flushed: complete, reports: reports.splice(0) };
  },

  /** Asks for a file to write to. Returns the code of the error. */
  async pick(): Promise<string> {
    const rec = newRecording("picked");
    logRows(rec);
    return rec.saveToPicker("picked.rrd").then(
      () => "saved",
      (error: rr.RerunError) => error.code,
    );
  },

  /** Logs rows, and more of them when the page or its frame ends. */
  async logToTheEnd(id: string, url: string): Promise<void> {
    const rec = newRecording(id);
    await rec.setSink(createSink(url));
    logRows(rec);
    await rec.flush({ ack: true });
    addEventListener("pagehide", () => logRows(rec));
  },

  /** Logs a canvas whose WebGL context is lost for a while. */
  async captureLostContext(id: string, url: string): Promise<CapturedOutcome> {
    const rec = newRecording(id);
    await rec.setSink(createSink(url));
    const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 120 });
    document.body.append(canvas);
    const gl = canvas.getContext("webgl2");
    const lose = gl?.getExtension("WEBGL_lose_context");
    if (gl === null || lose === null || lose === undefined) throw new Error("this browser has no WebGL");
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    let frame = 0;
    const paint = (): void => {
      gl.clearColor((frame++ % 10) / 10, 0, 0, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      requestAnimationFrame(paint);
    };
    paint();
    const capture = logCounted(rec, "canvas", canvas, { codec: "VP8" });
    const seen = (): number => capture.stats().frames + capture.stats().dropped;
    await until(() => capture.stats().frames >= FRAMES);
    const lost = new Promise((resolve) => canvas.addEventListener("webglcontextlost", resolve, { once: true }));
    lose.loseContext();
    await lost;
    const atLoss = seen();
    await until(() => seen() >= atLoss + FRAMES);
    const restored = new Promise((resolve) => canvas.addEventListener("webglcontextrestored", resolve, { once: true }));
    lose.restoreContext();
    await restored;
    const { frames } = capture.stats();
    await until(() => capture.stats().frames >= frames + FRAMES);
    const of = { canvas: await capture.stop() };
    return { ...(await finish(rec)), of };
  },
};

declare global {
  interface Window {
    hard: typeof page;
  }
}
window.hard = page;
