import { Points3D, RecordingStream } from "@rerun-ts/web";

const rec = new RecordingStream("small_page");
rec.log("points", new Points3D([1, 2, 3]));
void rec.connectGrpc();
