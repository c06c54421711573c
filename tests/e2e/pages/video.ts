// Logs the same short video in every codec that the browser encodes: ten frames each of red, green and blue, a tenth of a second
// apart on the timeline `video`.
import * as rr from "@rerun-ts/web";

const CODECS = ["AV1", "H264", "VP9", "VP8"] as const;
const COLORS = ["#e00", "#0c0", "#00e"];
const FRAMES_EACH = 10;

declare global {
  interface Window {
    /** Returns the bytes of the recording, as a string of bytes. */
    recordVideos(): Promise<string>;
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
    const logged = CODECS.map((codec) => rr.logVideoFrame(rec, codec, frame, { ...options, codec }));
    frame.close();
    if ((await Promise.all(logged)).includes(false)) throw new Error(`frame ${index} was dropped`);
  }
  return String.fromCharCode(...memory.drainAsBytes());
};
