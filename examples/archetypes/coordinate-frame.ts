// The points are in the frame of the sensor. The transform says where that is in the world; paths play no role.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("coordinate_frame");
rec.log("world", new rr.CoordinateFrame("world"), { static: true });
rec.log("world/floor", new rr.Boxes3D({ halfSizes: [2, 2, 0.02], colors: "dimgray" }));
rec.log("world/floor", new rr.CoordinateFrame("world"), { static: true });
rec.log("sensor", new rr.Transform3D({ translation: [0, 0, 1], parentFrame: "world", childFrame: "sensor" }));
rec.log("points", new rr.CoordinateFrame("sensor"), { static: true });
const circle = Array.from({ length: 40 }, (_, i) => [Math.cos(i / 6.4), Math.sin(i / 6.4), 0]);
rec.log("points", new rr.Points3D(circle, { radii: 0.06, colors: "orange" }));
