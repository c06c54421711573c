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
