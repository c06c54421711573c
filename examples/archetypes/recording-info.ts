// The viewer shows the name in its list of recordings. The same in one call: `rec.sendRecordingName("Test drive 7")`.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("recording_info");
rec.log("__properties", new rr.RecordingInfo({ name: "Test drive 7" }), { static: true });
