import { Points3D, RecordingStream, Scalars } from "@rerun-ts/web";

const rec = new RecordingStream("small_page");
const memory = rec.memoryRecording();
for (let frame = 0; frame < 100; frame++) {
  rec.setTime("frame", frame);
  rec.log("points", new Points3D([frame, 0, 0], { colors: "orange", radii: 0.5 }));
  rec.log("height", new Scalars(frame / 10));
}
export const bytes = memory.drainAsBytes();
