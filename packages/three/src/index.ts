// The entry point `@rerun-ts/three`.
export {
  followScene,
  logScene,
  type FollowSceneOptions,
  type LogSceneOptions,
  type SceneFollower,
} from "./log-scene.ts";
export type { Matrix4Like, Object3DLike } from "./scene-like.ts";
