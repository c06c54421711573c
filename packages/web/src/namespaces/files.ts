// The namespace `files`: archetypes and robots from files, and importers.
export {
  type ColoredPoints,
  type LoadUrdfOptions,
  type LogUrdfOptions,
  type ResolveMesh,
  type SetJointsOptions,
  type UrdfJoint,
  type UrdfJointPose,
  type UrdfJointType,
  type UrdfMimic,
  type UrdfTree,
  gaussianSplats3DFromPly,
  guessMediaType,
  loadUrdf,
  points2DFromPly,
  points3DFromPly,
  readFrameTimestamps,
} from "@rerun-ts/types";
