// Logs the video of a camera: AV1 where the browser encodes it, otherwise H.264, VP9 or VP8. Without a camera, or if it
// may not be used, the video is a test picture.
import * as rr from "@rerun-ts/web";
import { serverUrl, showStatus } from "../page.ts";

const rec = new rr.RecordingStream("rerun_ts_webcam");
void rec.connectGrpc(serverUrl);

const SIZE = { width: 640, height: 480 };
const stream = await openCamera();
const preview = document.querySelector("video");
if (preview) preview.srcObject = stream;

// `log_time` is the time of capture; `frame` counts the frames.
const capture = rr.video.logMediaStream(rec, "camera", stream, { time: ({ index }) => ({ frame: index }) });
addEventListener("pagehide", () => void capture.stop());

showStatus(rec);

async function openCamera(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: SIZE });
  } catch (error) {
    return testPicture(error);
  }
}

/** A video of a square that circles, with the reason why there is no camera. */
function testPicture(reason: unknown): MediaStream {
  const canvas = Object.assign(document.createElement("canvas"), SIZE);
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.font = "20px sans-serif";
  const { width, height } = SIZE;
  requestAnimationFrame(function draw(now) {
    context.fillStyle = "#206080";
    context.fillRect(0, 0, width, height);
    context.fillStyle = "white";
    context.fillText(String(reason), 20, 40, width - 40);
    const angle = now / 1000;
    context.fillRect(width / 2 + 150 * Math.cos(angle) - 20, height / 2 + 150 * Math.sin(angle) - 20, 40, 40);
    requestAnimationFrame(draw);
  });
  return canvas.captureStream(30);
}
