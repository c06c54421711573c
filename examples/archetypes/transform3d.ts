// The moon is logged around the planet, and the planet around the sun: each transform is relative to its parent.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("transform3d");
rec.log("sun", new rr.Points3D([0, 0, 0], { radii: 0.8, colors: "gold" }), { static: true });
for (let day = 0; day < 120; day++) {
  rec.setTime("day", day);
  rec.log("sun/planet", new rr.Transform3D({ translation: [4 * Math.cos(day / 20), 4 * Math.sin(day / 20), 0] }));
  rec.log("sun/planet", new rr.Points3D([0, 0, 0], { radii: 0.4, colors: "deepskyblue" }));
  rec.log("sun/planet/moon", new rr.Transform3D({ translation: [Math.cos(day / 3), Math.sin(day / 3), 0] }));
  rec.log("sun/planet/moon", new rr.Points3D([0, 0, 0], { radii: 0.15, colors: "silver" }));
}
