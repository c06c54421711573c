// The axes of the transform, x red, y green, z blue, beside those of the world.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("transform_axes3d");
rec.log("world", new rr.TransformAxes3D(1));
rec.log(
  "world/robot",
  new rr.Transform3D({ translation: [2, 1, 0], rotationAxisAngle: { axis: [0, 0, 1], degrees: 40 } }),
);
rec.log("world/robot", new rr.TransformAxes3D(1));
