import type { EntityPathLike, RecordingStream, RecordingView, TimePointLike } from "@rerun-ts/core";
import {
  checkEntityPath,
  checkOptions,
  checkRecording,
  describeValue,
  reportWarning,
  type OptionNames,
} from "@rerun-ts/core/integration";
import type { Object3DLike } from "./scene-like.ts";
import { SceneWriter } from "./scene-writer.ts";

/** Options of {@link followScene}. */
export interface FollowSceneOptions {
  /** The maximum width and height of a texture in pixels. A larger one is scaled down. Default 1024. */
  maxTextureSize?: number | undefined;
}

/** Options of {@link logScene}. */
export interface LogSceneOptions extends FollowSceneOptions {
  /** Whether the scene is valid at all times. Default `false`. */
  static?: boolean | undefined;
}

/** A scene whose changes are logged. */
export interface SceneFollower {
  /**
   * Logs all changes since the last call, at `time` in addition to the recording's times. Call it in every frame, after
   * the scene was rendered.
   *
   * @throws {RerunError} `INVALID_DATA`, in strict mode only
   */
  update(time?: TimePointLike): void;
  /** Ends following: further calls of `update` do nothing. Logged data stays. */
  stop(): void;
}

const FOLLOW_OPTIONS: OptionNames<FollowSceneOptions> = { maxTextureSize: 1 };
const LOG_OPTIONS: OptionNames<LogSceneOptions> = { ...FOLLOW_OPTIONS, static: "boolean" };

/**
 * Logs an object of three.js and everything below it, once. It logs transforms, meshes with their colours and textures,
 * points, lines, instances, perspective cameras as `Pinhole`, and lights as points. The object becomes the entity
 * `path`, with y up. Its descendants become entities below `path`, by their names. Invisible objects are left out.
 *
 * @throws {TypeError} if an argument is wrong
 * @example
 * logScene(rec, "world", scene, { static: true });
 */
export function logScene(
  recording: RecordingView,
  path: EntityPathLike,
  object: Object3DLike,
  options: LogSceneOptions = {},
): void {
  createWriter("logScene", { recording, path, object, options }).write(recording.at({}));
}

/**
 * Logs an object of three.js like {@link logScene}, and with each call of `update` its changes. Changes are those of
 * transforms, colours, cameras and instances, geometries with a new `version` of an attribute, and added, removed,
 * shown or hidden objects. Without a change, nothing is logged.
 *
 * @throws {TypeError} if an argument is wrong
 * @example
 * const follower = followScene(rec, "world", scene);
 * renderer.setAnimationLoop(() => {
 *   renderer.render(scene, camera);
 *   follower.update();
 * });
 */
export function followScene(
  recording: RecordingView,
  path: EntityPathLike,
  object: Object3DLike,
  options: FollowSceneOptions = {},
): SceneFollower {
  let writer: SceneWriter | undefined = createWriter("followScene", { recording, path, object, options });
  const update = (time: TimePointLike = {}): void => writer?.write(recording.at(time));
  update();
  return { update, stop: () => void (writer = undefined) };
}

interface SceneArguments {
  readonly recording: RecordingView;
  readonly path: EntityPathLike;
  readonly object: Object3DLike;
  readonly options: LogSceneOptions;
}

function createWriter(owner: "logScene" | "followScene", given: SceneArguments): SceneWriter {
  const { recording, path, object, options } = given;
  checkRecording(recording, "log", "a recording");
  if (owner === "logScene") checkOptions(owner, options, LOG_OPTIONS);
  else checkOptions<FollowSceneOptions>(owner, options, FOLLOW_OPTIONS);
  const { maxTextureSize = 1024 } = options;
  if (typeof maxTextureSize !== "number" || !(maxTextureSize >= 1))
    throw new TypeError(
      `\`maxTextureSize\` must be a number of pixels, at least 1, got ${describeValue(maxTextureSize)}`,
    );
  const { matrix, children } = (object ?? {}) as Partial<Object3DLike>;
  if (typeof matrix?.elements !== "object" || !Array.isArray(children))
    throw new TypeError(`\`object\` must be an Object3D of three.js, got ${describeValue(object)}`);
  const warn = (message: string): void => warnOf(recording, `${owner}: ${message}`);
  return new SceneWriter(checkEntityPath("path", path), object, { maxTextureSize, warn }, options.static === true);
}

/** Reports a warning of a recording. Views and the namespace of a package report none, so it is printed. */
function warnOf(recording: RecordingView, message: string): void {
  try {
    reportWarning(recording as RecordingStream, message);
  } catch {
    console.warn(`[rerun] ${message}`);
  }
}
