import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("mcap_channel");
const metadata = { frame: "camera_link" };
rec.log("mcap/camera", new rr.McapChannel({ id: 1, topic: "/camera/image", messageEncoding: "cdr", metadata }));
