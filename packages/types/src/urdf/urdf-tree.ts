import {
  RerunError,
  type EntityPath,
  type EntityPathLike,
  type RecordingStream,
  type RecordingView,
  type TimePointLike,
} from "@rerun-ts/core";
import {
  checked,
  checkOptions,
  checkRecording,
  describeValue,
  didYouMean,
  InvalidValueError,
  messageOf,
  problemWith,
  suggestName,
  throughProxies,
} from "@rerun-ts/core/checks";
import { toEntityPath } from "@rerun-ts/core/encode";
import { frozenAt, internalsOf } from "@rerun-ts/core/recording";
import { CoordinateFrame, InstancePoses3D, Transform3D } from "../gen/archetypes.ts";
import { archetypeOfShape, type ResolveMesh } from "./archetype-of-shape.ts";
import { groupJoints } from "./group-joints.ts";
import { fromRpy } from "./rotate.ts";
import { UrdfJoint } from "./urdf-joint.ts";
import type { UrdfLink, UrdfModel, UrdfShape } from "./urdf-model.ts";

/** The meshes, frames and entities of a robot. */
export interface LoadUrdfOptions {
  /**
   * Finds the file of a mesh by its `filename`, such as `package://arm/meshes/hand.stl`. A mesh for which it throws or
   * returns `undefined` is reported and omitted. Default: none.
   */
  resolveMesh?: ResolveMesh | undefined;
  /** A prefix for the names of all frames, for several robots of one kind. Default: none. */
  framePrefix?: string | undefined;
  /** The entity for the transforms of the joints as they are in the file. Default `"tf_static"`. */
  staticTransformEntityPath?: EntityPathLike | undefined;
  /** The entity for the transforms that `setJoints` logs. Default `"tf"`. */
  transformEntityPath?: EntityPathLike | undefined;
}

/** Options of {@link UrdfTree.log}. */
export interface LogUrdfOptions {
  /** Times of the shapes. Default: none, so they are static. */
  time?: TimePointLike | undefined;
}

/** Options of {@link UrdfTree.setJoints}. */
export interface SetJointsOptions {
  /** Times of the transforms, in addition to those of the recording. Default: none. */
  time?: TimePointLike | undefined;
  /** Whether values outside the limits are changed to the nearest limit, which is reported once. Default `true`. */
  clamp?: boolean | undefined;
}

/** A joint, its given value, and the value after clamping. */
interface JointMove {
  readonly joint: UrdfJoint;
  readonly value: number;
  readonly allowed: number;
}

/** Entity paths of the shapes of a robot. */
interface UrdfTarget {
  readonly recording: RecordingStream;
  readonly view: RecordingView;
  readonly prefix: EntityPath;
  readonly isStatic: boolean;
}

/**
 * A robot: its links and joints. Each link has a coordinate frame of its name. The joints are transforms between these
 * frames, independent of the entities of the shapes. `loadUrdf` creates it.
 */
export class UrdfTree {
  /** The name of the robot. */
  readonly name: string;
  /** The name of the link that is not a child of another one. */
  readonly rootLink: string;
  /** The joints, in the order of the file. */
  readonly joints: readonly UrdfJoint[];
  /** The names of the links, in the order of the file. */
  readonly links: readonly string[];
  readonly #links: ReadonlyMap<string, UrdfLink>;
  readonly #jointsByName: ReadonlyMap<string, UrdfJoint>;
  /** The joints that follow another one, by the name of that. */
  readonly #followers: ReadonlyMap<string | undefined, readonly UrdfJoint[]>;
  readonly #options: LoadUrdfOptions;
  #recording: RecordingStream | undefined;

  /** @internal Created by `loadUrdf`. @throws {RerunError} `INVALID_FORMAT` if the links are not a tree */
  constructor({ name, links, joints }: UrdfModel, options: LoadUrdfOptions) {
    throughProxies(this);
    this.name = name;
    this.joints = joints.map((joint) => new UrdfJoint(joint, options.framePrefix ?? ""));
    this.#links = new Map(links.map((link) => [link.name, link]));
    this.links = [...this.#links.keys()];
    // If two joints have the same name, the first one counts.
    const byName = new Map<string, UrdfJoint>();
    for (const joint of this.joints) if (!byName.has(joint.name)) byName.set(joint.name, joint);
    this.#jointsByName = byName;
    this.#followers = groupJoints(this.joints, ({ mimic }) => mimic?.joint);
    this.#options = options;
    this.rootLink = this.#findRoot();
  }

  /** The joint of a name, or `undefined` if there is none. */
  getJointByName(name: string): UrdfJoint | undefined {
    return this.#jointsByName.get(name);
  }

  /**
   * The entity paths of the visual shapes of a link below `path`. {@link UrdfTree.log} logs them there.
   *
   * @throws {TypeError} if the robot has no link of this name
   */
  getVisualGeometryPaths(link: string, path: EntityPathLike = "/"): string[] {
    const root = this.#rootBelow(path);
    return this.#linkNamed(link).visuals.map((shape, index) => visualPath(root, link, shape, index).toString());
  }

  /**
   * The entity paths of the collision shapes of a link below `path`. {@link UrdfTree.log} logs them there.
   *
   * @throws {TypeError} if the robot has no link of this name
   */
  getCollisionGeometryPaths(link: string, path: EntityPathLike = "/"): string[] {
    const root = this.#rootBelow(path);
    return this.#linkNamed(link).collisions.map((shape, index) => collisionPath(root, link, shape, index).toString());
  }

  /**
   * Logs the shapes of all links below `path`, and the joints at 0. Rerun's importer logs the same. The shapes are in
   * `{name of the robot}/visual_geometries` and `/collision_geometries`. Resolves when all meshes are logged. It is
   * also the recording for {@link UrdfTree.setJoints}.
   *
   * @example
   * await robot.log(rec, "world");
   */
  async log(recording: RecordingStream, path: EntityPathLike = "/", options: LogUrdfOptions = {}): Promise<void> {
    checkRecording(recording, "stats");
    checkOptions("`log` of a robot", options, { time: 1 });
    const prefix = checked("path", () => toEntityPath(path)).path;
    this.#recording = recording;
    const view = frozenAt(recording, options.time ?? {});
    await this.writeTo({ recording, view, prefix, isStatic: options.time === undefined });
  }

  /**
   * Moves joints, and the joints that mimic them: logs their transforms to the recording of {@link UrdfTree.log}.
   * Values are angles in radians, or distances of prismatic joints in metres. If one value is wrong, no joint is moved.
   *
   * @throws {RerunError} `INVALID_DATA` if the robot was not logged. Other problems are reported by the recording, or
   * thrown in strict mode
   * @example
   * robot.setJoints({ shoulder: 0.4, gripper: 0.02 }, { time: { frame: 7 } });
   */
  setJoints(values: Readonly<Record<string, number>>, options: SetJointsOptions = {}): void {
    const recording = this.#recording;
    if (recording === undefined)
      throw new RerunError("INVALID_DATA", "`setJoints` was called before `log`, which sets the recording");
    const path = this.#options.transformEntityPath ?? "tf";
    try {
      const { time = {}, clamp = true } = checkSetOptions(options);
      const moves = this.#movesOf(values, clamp);
      for (const { joint, value, allowed } of moves) {
        if (allowed === value) continue;
        const limits = `${joint.limitLower} to ${joint.limitUpper}`;
        internalsOf(recording).notice(`values of the joint ${JSON.stringify(joint.name)} are limited to ${limits}`);
      }
      for (const { joint, allowed } of moves) recording.log(path, joint.computeTransform(allowed), { time });
    } catch (error) {
      if (error instanceof RerunError) throw error;
      // Throwing from `asComponents` lets the recording report the error, or throw it in strict mode.
      recording.log(path, {
        asComponents() {
          throw error;
        },
      });
    }
  }

  /** @internal */
  async writeTo(target: UrdfTarget): Promise<void> {
    const { view, isStatic } = target;
    const root = this.#rootBelow(target.prefix);
    view.log(root, this.#frameOf(this.rootLink), { static: isStatic });
    const joints = this.#inOrder();
    this.#logJoints(view, joints);
    for (const link of [this.rootLink, ...joints.map(({ childLink }) => childLink)]) {
      const { visuals, collisions } = this.#links.get(link) as UrdfLink;
      for (const [index, shape] of visuals.entries()) {
        await this.#logShape(target, visualPath(root, link, shape, index), link, shape);
      }
      for (const [index, shape] of collisions.entries()) {
        const path = collisionPath(root, link, shape, index);
        await this.#logShape(target, path, link, { ...shape, rgba: undefined });
      }
    }
  }

  async #logShape(target: UrdfTarget, path: EntityPath, link: string, shape: UrdfShape): Promise<void> {
    const { geometry, origin } = shape;
    const { view, isStatic, recording } = target;
    const poses = new InstancePoses3D({
      translations: [origin.xyz],
      quaternions: [fromRpy(origin.rpy)],
      ...(geometry.shape === "mesh" && geometry.scale !== undefined && { scales: [geometry.scale] }),
    });
    view.log(path, [poses, this.#frameOf(link)], { static: isStatic });
    try {
      view.log(path, await archetypeOfShape(shape, this.#options.resolveMesh), { static: isStatic });
    } catch (error) {
      // Strict recordings throw.
      if (error instanceof RerunError && error.code === "INVALID_DATA") throw error;
      internalsOf(recording).notice(`${path.toString()} is logged without its mesh: ${messageOf(error)}`);
    }
  }

  /** The transforms of all joints, in one chunk. */
  #logJoints(view: RecordingView, joints: readonly UrdfJoint[]): void {
    if (joints.length === 0) return;
    const poses = joints.map(({ originPose }) => originPose);
    const frames = joints.map((joint) => joint.frames);
    const columns = Transform3D.columns({
      translation: poses.map(({ translation }) => translation),
      quaternion: poses.map(({ quaternion }) => quaternion),
      parentFrame: frames.map(({ parentFrame }) => parentFrame),
      childFrame: frames.map(({ childFrame }) => childFrame),
    });
    view.sendColumns(this.#options.staticTransformEntityPath ?? "tf_static", [], columns);
  }

  /** The entity of the robot below another one. */
  #rootBelow(path: EntityPathLike): EntityPath {
    const prefix = checked("path", () => toEntityPath(path)).path;
    return this.name === "" ? prefix : prefix.join(this.name);
  }

  #linkNamed(name: string): UrdfLink {
    const link = this.#links.get(name);
    if (link !== undefined) return link;
    const expected = `a link of the robot: ${this.links.slice(0, 50).join(", ")}`;
    throw new InvalidValueError(expected, didYouMean(name, suggestName(name, this.links)), false).toError("link");
  }

  #frameOf(link: string): CoordinateFrame {
    return new CoordinateFrame((this.#options.framePrefix ?? "") + link);
  }

  /**
   * The given joints with their values, and the joints that mimic them, directly or indirectly. Throws
   * `InvalidValueError`.
   */
  #movesOf(values: Readonly<Record<string, number>>, clamp: boolean): readonly JointMove[] {
    if (typeof values !== "object" || values === null || Symbol.iterator in values)
      throw new InvalidValueError("an object of joints and their values", describeValue(values), false, "values");
    const all = new Map<string, number>(Object.entries(values));
    const moves: JointMove[] = [];
    // The loop adds joints to this map.
    for (const [name, value] of all) {
      const joint = this.#jointsByName.get(name);
      if (joint === undefined) throw this.#unknownJoint(name);
      checkValue(joint, value);
      const within = joint.clamp(value);
      moves.push({ joint, value, allowed: clamp ? within : value });
      for (const { name: follower, mimic } of this.#followers.get(name) ?? []) {
        if (mimic !== undefined && !all.has(follower)) all.set(follower, mimic.multiplier * within + mimic.offset);
      }
    }
    return moves;
  }

  #unknownJoint(name: string): InvalidValueError {
    const joints = [...this.#jointsByName.keys()];
    const unknown = didYouMean(name, suggestName(name, joints));
    return problemWith(
      "values",
      `has the unknown joint ${unknown}; joints: ${joints.slice(0, 50).join(", ") || "none"}`,
    );
  }

  /** The joints from the root on, each branch to its end. */
  #inOrder(): UrdfJoint[] {
    const byParent = groupJoints(this.joints, ({ parentLink }) => parentLink);
    const found = new Set<UrdfJoint>();
    const pending: UrdfJoint[] = [];
    const addBelow = (link: string): void => {
      const joints = byParent.get(link) ?? [];
      // From the last to the first, because the next one is taken from the end.
      for (let at = joints.length - 1; at >= 0; at--) pending.push(joints[at] as UrdfJoint);
    };
    addBelow(this.rootLink);
    for (let joint = pending.pop(); joint !== undefined; joint = pending.pop()) {
      if (found.has(joint)) continue;
      found.add(joint);
      addBelow(joint.childLink);
    }
    return [...found];
  }

  #findRoot(): string {
    const children = new Set<string>();
    for (const { name, parentLink, childLink } of this.joints) {
      for (const link of [parentLink, childLink]) {
        if (!this.#links.has(link))
          throw new TypeError(`the joint ${JSON.stringify(name)} refers to the unknown link ${JSON.stringify(link)}`);
      }
      children.add(childLink);
    }
    const roots = [...this.#links.keys()].filter((link) => !children.has(link));
    const [root] = roots;
    if (root === undefined) throw new TypeError("no link is the root");
    if (roots.length > 1) throw new TypeError(`several links are roots: ${roots.slice(0, 10).join(", ")}`);
    return root;
  }
}

function visualPath(root: EntityPath, link: string, { name }: UrdfShape, index: number): EntityPath {
  return root.join("visual_geometries", link, name || `visual_${index}`);
}

function collisionPath(root: EntityPath, link: string, { name, geometry }: UrdfShape, index: number): EntityPath {
  return root.join("collision_geometries", geometry.shape, link, name || `collision_${index}`);
}

function checkValue(joint: UrdfJoint, value: unknown): void {
  try {
    joint.check(value);
  } catch (error) {
    throw error instanceof InvalidValueError
      ? new InvalidValueError(error.expected, error.got, false, `values.${joint.name}`)
      : error;
  }
}

/** Throws `InvalidValueError`. */
function checkSetOptions(options: SetJointsOptions): SetJointsOptions {
  const isObject = typeof options === "object" && options !== null;
  const unknown = isObject ? Object.keys(options).find((name) => name !== "time" && name !== "clamp") : undefined;
  if (!isObject || unknown !== undefined) {
    const got = unknown === undefined ? describeValue(options) : `\`${unknown}\``;
    throw new InvalidValueError("an object { time, clamp }", got, false, "options");
  }
  const { clamp } = options;
  if (clamp !== undefined && typeof clamp !== "boolean")
    throw new InvalidValueError("true or false", describeValue(clamp), false, "clamp");
  return options;
}
