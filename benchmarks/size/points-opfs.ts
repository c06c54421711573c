import { Points3D, RecordingStream } from "@rerun-ts/web";

const rec = new RecordingStream("size");
rec.log("points", new Points3D([[0, 0, 0]], { colors: "orange" }));
void rec.saveToOpfs("size");
