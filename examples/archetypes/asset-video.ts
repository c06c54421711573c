// Any MP4 file that the page can fetch, or that its user selects.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("asset_video");
const blob = await (await fetch("assets/clip.mp4")).arrayBuffer();
rec.log("clip", new rr.AssetVideo({ blob, mediaType: "video/mp4" }), { static: true });
const times = rr.files.readFrameTimestamps(blob);
const indexes = [rr.TimeColumn.duration("time", times)];
rec.sendColumns("clip", indexes, rr.VideoFrameReference.columns({ timestamp: times }));
