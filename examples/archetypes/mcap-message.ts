import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("mcap_message");
rec.log("mcap/camera", new rr.McapMessage(new Uint8Array([0, 1, 0, 0, 12, 0, 0, 0])));
