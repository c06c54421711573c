// The entry point `@rerun-ts/web/three`.
export {
  followScene,
  logScene,
  type FollowSceneOptions,
  type LogSceneOptions,
  type SceneFollower,
} from "./three/log-scene.ts";
export type { Matrix4Like, Object3DLike } from "./three/scene-like.ts";
