// Logs the same short video in every codec that the browser encodes: ten frames each of red, green and blue, a tenth of
// a second apart on the timeline `video`.
import * as rr from "@rerun-ts/web";

const CODECS = ["AV1", "H264", "VP9", "VP8"] as const;
const COLORS = ["#e00", "#0c0", "#00e"];
const FRAMES_EACH = 10;

declare global {
  interface Window {
    /** Returns the bytes of the recording, as a string of bytes. */
    recordVideos(): Promise<string>;
    /** Logs entities whose images change their archetype after a second, and their colour from red to green. */
    recordChanges(): Promise<string>;
    /**
     * Logs frames as fast as the encoder takes them, 30 for a second of video. Returns the bytes that this has made.
     */
    logFrames(count: number): Promise<number>;
  }
}

window.recordVideos = async () => {
  const rec = new rr.RecordingStream("videos");
  const memory = rec.memoryRecording();
  const views = CODECS.map((codec) => new rr.blueprint.Spatial2DView({ origin: codec, name: codec }));
  rec.sendBlueprint(
    new rr.blueprint.Blueprint(new rr.blueprint.Grid(views, { gridColumns: 2 }), { collapsePanels: true }),
  );
  const canvas = new OffscreenCanvas(320, 240);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser has no 2D canvas");
  for (let index = 0; index < COLORS.length * FRAMES_EACH; index++) {
    context.fillStyle = COLORS[Math.floor(index / FRAMES_EACH)] ?? "";
    context.fillRect(0, 0, canvas.width, canvas.height);
    const frame = new VideoFrame(canvas, { timestamp: 0 });
    const time = { video: { duration: index / 10 } };
    const options = { keyframeIntervalMs: 60_000, bitrate: 2e6, time };
    const logged = CODECS.map((codec) => rr.video.logVideoFrame(rec, codec, frame, { ...options, codec }));
    frame.close();
    if ((await Promise.all(logged)).includes(false)) throw new Error(`frame ${index} was dropped`);
  }
  return String.fromCharCode(...memory.drainAsBytes());
};

window.recordChanges = async () => {
  const rec = new rr.RecordingStream("changes");
  const memory = rec.memoryRecording();
  const logs: Record<string, Log> = { image, raw, video, chunks, file };
  const changes = ["image video", "image chunks", "image file", "video image", "chunks raw", "raw image", "image raw"];
  const views = changes.map((name) => new rr.blueprint.Spatial2DView({ origin: [name], name }));
  rec.sendBlueprint(
    new rr.blueprint.Blueprint(new rr.blueprint.Grid(views, { gridColumns: 3 }), { collapsePanels: true }),
  );
  for (const name of changes) {
    const [before = "", after = ""] = name.split(" ");
    await logs[before]?.(rec, [name], 0, "#e00");
    await logs[after]?.(rec, [name], 1, "#0c0");
  }
  return String.fromCharCode(...memory.drainAsBytes());
};

/** Logs images of a colour, from a time in seconds on. */
type Log = (rec: rr.RecordingStream, path: string[], seconds: number, color: string) => Promise<unknown>;

const at = (seconds: number): { video: { duration: number } } => ({ video: { duration: seconds } });

function painted(color: string): OffscreenCanvas {
  const surface = new OffscreenCanvas(320, 240);
  const context = surface.getContext("2d");
  if (context === null) throw new Error("this browser has no 2D canvas");
  context.fillStyle = color;
  context.fillRect(0, 0, surface.width, surface.height);
  return surface;
}

const image: Log = (rec, path, seconds, color) => rr.logImageBitmap(rec, path, painted(color), { time: at(seconds) });

const raw: Log = (rec, path, seconds, color) => {
  const pixels = painted(color).getContext("2d")?.getImageData(0, 0, 320, 240);
  if (pixels === undefined) throw new Error("this browser has no 2D canvas");
  return rr.logImageBitmap(rec, path, pixels, { encoding: "raw", time: at(seconds) });
};

const video: Log = async (rec, path, seconds, color) => {
  for (let index = 0; index < FRAMES_EACH; index++) {
    const frame = new VideoFrame(painted(color), { timestamp: 0 });
    await rr.video.logVideoFrame(rec, path, frame, { codec: "VP8", time: at(seconds + index / 10) });
    frame.close();
  }
};

const chunks: Log = async (rec, path, seconds, color) => {
  let index = 0;
  const encoder = new VideoEncoder({
    output: (chunk, metadata) =>
      rr.video.logEncodedVideoChunk(rec, path, chunk, metadata, { time: at(seconds + index++ / 10) }),
    error: (error) => console.error(error),
  });
  encoder.configure({ codec: "vp8", width: 320, height: 240, latencyMode: "realtime" });
  for (let timestamp = 0; timestamp < FRAMES_EACH; timestamp++) {
    const frame = new VideoFrame(painted(color), { timestamp });
    encoder.encode(frame, { keyFrame: timestamp === 0 });
    frame.close();
  }
  await encoder.flush();
  encoder.close();
};

/** Ten frames each of red, green and blue. It begins at 0, so an image at this time is replaced immediately. */
const file: Log = async (rec, path) => {
  const response = await fetch(new URL("../../conformance/assets/video/av1.mp4", import.meta.url));
  if (!response.ok) throw new Error(`no video: ${response.status}`);
  await rr.video.logVideoFile(rec, path, await response.blob());
};

/** As many frames may be in progress as the recorder takes by default. */
const IN_PROGRESS = 4;
const canvas = new OffscreenCanvas(320, 240);
let endless: rr.RecordingStream | undefined;
let logged = 0;
let bytes = 0;

window.logFrames = async (count) => {
  const rec = (endless ??= new rr.RecordingStream("endless"));
  if (logged === 0) await rec.setSink(new rr.CallbackSink((rrd) => void (bytes += rrd.byteLength)));
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser has no 2D canvas");
  const before = bytes;
  const inProgress = new Set<Promise<void>>();
  for (const end = logged + count; logged < end; logged++) {
    context.fillStyle = COLORS[Math.floor(logged / 30) % COLORS.length] ?? "";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = "#fff";
    context.fillRect((logged * 3) % canvas.width, 100, 40, 40);
    const frame = new VideoFrame(canvas, { timestamp: Math.round((logged * 1e6) / 30) });
    const index = logged;
    const log = async (): Promise<void> => {
      const isLogged = await rr.video.logVideoFrame(rec, "endless", frame, { time: { frame: index } });
      if (!isLogged) throw new Error(`frame ${index} was dropped`);
    };
    const done = log().finally(() => inProgress.delete(done));
    inProgress.add(done);
    frame.close();
    while (inProgress.size >= IN_PROGRESS) await Promise.race(inProgress);
  }
  await Promise.all(inProgress);
  await rec.flush();
  return bytes - before;
};
