// Two frames of one video at the same time: each entity refers to a frame of `clip`.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("video_frame_reference");
const blob = await (await fetch("assets/clip.mp4")).arrayBuffer();
rec.log("clip", new rr.AssetVideo({ blob, mediaType: "video/mp4" }), { static: true });
const times = rr.files.readFrameTimestamps(blob);
rec.log("first", new rr.VideoFrameReference(times.slice(0, 1), { videoReference: "clip" }));
rec.log("last", new rr.VideoFrameReference(times.slice(-1), { videoReference: "clip" }));
