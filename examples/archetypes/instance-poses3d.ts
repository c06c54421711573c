// One box, drawn at eight poses.
import * as rr from "@rerun-ts/web";

const rec = new rr.RecordingStream("instance_poses3d");
const angles = Array.from({ length: 8 }, (_, i) => (i / 8) * 2 * Math.PI);
rec.log("chairs", new rr.Boxes3D({ halfSizes: [0.4, 0.2, 0.5], colors: "peru", fillMode: "Solid" }));
const poses = new rr.InstancePoses3D({
  translations: angles.map((angle) => [2.5 * Math.cos(angle), 2.5 * Math.sin(angle), 0]),
  rotationAxisAngles: angles.map((angle) => ({ axis: [0, 0, 1], angle })),
});
rec.log("chairs", poses);
