// Logs the video of a camera: AV1 where the browser encodes it, otherwise H.264, VP9 or VP8.
import * as rr from "@rerun-ts/web";
import { serverUrl, showStatus } from "../page.ts";

const rec = new rr.RecordingStream("rerun_ts_webcam");
void rec.connectGrpc(serverUrl);

const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
const preview = document.querySelector("video");
if (preview) preview.srcObject = stream;

// `log_time` is the time of capture; `frame` counts the frames.
const capture = rr.logMediaStream(rec, "camera", stream, { time: ({ index }) => ({ frame: index }) });
addEventListener("pagehide", () => void capture.stop());

showStatus(rec);
