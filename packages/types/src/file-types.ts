// The entry point `@rerun-ts/types/file-types`: the types in the namespace `files` of `node` and `web`, as far as this
// package goes. It is not part of the public API.
export type { ResolveMesh } from "./urdf/archetype-of-shape.ts";
export type { UrdfJoint, UrdfJointPose } from "./urdf/urdf-joint.ts";
export type { UrdfJointType, UrdfMimic } from "./urdf/urdf-model.ts";
export type { LoadUrdfOptions, LogUrdfOptions, SetJointsOptions, UrdfTree } from "./urdf/urdf-tree.ts";
export type { ColoredPoints } from "./demo/demo-data.ts";
