// A helix that turns.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("points3d");
for (let frame = 0; frame < 100; frame++) {
  const points = Array.from({ length: 300 }, (_, i) => [
    Math.cos(i / 10 + frame / 20),
    Math.sin(i / 10 + frame / 20),
    i / 80,
  ]);
  const colors = points.map((_, i) => `hsl(${i * 1.2} 90% 60%)`);
  rec.setTime("frame", frame);
  rec.log("helix", new rr.Points3D(points, { colors, radii: 0.06 }));
}
