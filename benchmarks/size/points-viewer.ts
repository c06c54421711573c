import { Points3D, RecordingStream, viewer } from "@rerun-ts/web";

const rec = new RecordingStream("small_page");
rec.log("points", new Points3D([1, 2, 3]));
void viewer.openWebViewer({ element: document.body, recording: rec });
