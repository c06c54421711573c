// Samples come from an encoder, one by one: `logVideo` and `VideoSink` do this for canvases and cameras.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("video_stream");
const sample = await (await fetch("assets/keyframe.obu")).arrayBuffer();
rec.setTime("frame", 0);
rec.log("camera", new rr.VideoStream("AV1", { sample, isKeyframe: true }));
