// The ball is removed at frame 30: from then on, nothing is shown.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("clear");
for (let frame = 0; frame < 30; frame++) {
  rec.setTime("frame", frame);
  rec.log("world/ball", new rr.Points3D([Math.sin(frame / 5), 0, frame / 30], { radii: 0.1, colors: "tomato" }));
}
rec.setTime("frame", 30);
rec.log("world", new rr.Clear({ recursive: true }));
