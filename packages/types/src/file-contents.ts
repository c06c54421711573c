// The entry point `@rerun-ts/types/file-contents`: the namespace `files` of `node` and `web`, as far as this package
// goes. It is not part of the public API.
export { guessMediaType } from "./media/media-type.ts";
export { points2DFromPly, points3DFromPly } from "./media/ply/points-from-ply.ts";
export { gaussianSplats3DFromPly } from "./media/ply/splats-from-ply.ts";
export { readFrameTimestamps } from "./media/read-frame-timestamps.ts";
export { loadUrdf } from "./urdf/load-urdf.ts";
export type { ResolveMesh } from "./urdf/archetype-of-shape.ts";
export type { UrdfJoint, UrdfJointPose } from "./urdf/urdf-joint.ts";
export type { UrdfJointType, UrdfMimic } from "./urdf/urdf-model.ts";
export type { LoadUrdfOptions, LogUrdfOptions, SetJointsOptions, UrdfTree } from "./urdf/urdf-tree.ts";
export type { ColoredPoints } from "./demo/demo-data.ts";
