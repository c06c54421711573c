import type { AsComponents, EntityPath, RecordingView } from "@rerun-ts/core";
import { Clear, Transform3D, ViewCoordinates } from "@rerun-ts/types";
import {
  PINHOLE_PART,
  drawingsOf,
  addLook,
  addPoses,
  addShape,
  instanceDrawings,
  recoloredOf,
  type Drawing,
  type DrawingOptions,
} from "./drawings.ts";
import { StampMemory } from "./stamp-memory.ts";
import type { SceneObject } from "./scene-like.ts";

/** An object of a scene, with its last logged state. */
class SceneNode {
  readonly path: EntityPath;
  readonly children = new Map<SceneObject, SceneNode>();
  /** The path parts of its children, and reserved ones. */
  readonly names: Set<string>;
  /** The number of the last update in which the object had its parent. */
  seenIn = 0;
  /** Whether a part of the object may be visible. */
  isShown = false;
  readonly matrix: Float64Array = new Float64Array(16).fill(Number.NaN);
  readonly memory: StampMemory = new StampMemory();
  shape: readonly unknown[] | undefined;
  look: readonly unknown[] = [];
  poses: readonly unknown[] = [];
  /** The parts that were drawn. */
  parts: readonly (string | undefined)[] = [];

  constructor(path: EntityPath, object: SceneObject) {
    this.path = path;
    this.names = new Set(object.isPerspectiveCamera === true ? [PINHOLE_PART] : []);
  }
}

/** Logs a scene, and its changes at each further call. */
export class SceneWriter {
  readonly #root: SceneObject;
  readonly #node: SceneNode;
  readonly #options: DrawingOptions;
  readonly #logOptions: { readonly static: boolean };
  #updates = 0;
  /** Reused for all objects, because frames of thousands of objects must not allocate memory for each. */
  readonly #stamps: { shape: unknown[]; look: unknown[]; poses: unknown[] } = { shape: [], look: [], poses: [] };
  readonly #transform = new ReusedTransform();
  /** Objects of which only the matrix has changed. They are logged last, in one loop, which takes half as long. */
  readonly #moved: SceneNode[] = [];

  constructor(path: EntityPath, root: SceneObject, options: DrawingOptions, isStatic: boolean) {
    this.#root = root;
    this.#node = new SceneNode(path, root);
    this.#options = options;
    this.#logOptions = { static: isStatic };
  }

  /** Logs the changes since the last call. */
  write(view: RecordingView): void {
    this.#updates++;
    if (this.#updates === 1) view.log(this.#node.path, ViewCoordinates.RIGHT_HAND_Y_UP, { static: true });
    try {
      this.#visit(view, this.#root, this.#node);
    } finally {
      this.#logMoved(view);
    }
  }

  #logMoved(view: RecordingView): void {
    const moved = this.#moved;
    let at = 0;
    try {
      for (; at < moved.length; at++) {
        const { path, matrix } = moved[at] as SceneNode;
        view.log(path, this.#transform.of(matrix), this.#logOptions);
      }
    } finally {
      // An error in strict mode: the others are logged in the next update.
      for (const { matrix } of moved.slice(at + 1)) matrix.fill(Number.NaN);
      moved.length = 0;
    }
  }

  #visit(view: RecordingView, object: SceneObject, node: SceneNode): void {
    if (!object.visible) return this.#hide(view, object, node);
    this.#writeObject(view, object, node);
    this.#removeLost(view, object, node);
    for (const child of object.children) {
      let childNode = node.children.get(child);
      if (childNode === undefined) {
        childNode = new SceneNode(node.path.join(nameOf(child, node.names)), child);
        childNode.seenIn = this.#updates;
        node.children.set(child, childNode);
      }
      this.#visit(view, child, childNode);
    }
  }

  /** Clears an object that has become invisible, with everything below it. */
  #hide(view: RecordingView, object: SceneObject, node: SceneNode): void {
    if (!node.isShown) return;
    node.isShown = false;
    node.matrix.fill(Number.NaN);
    node.shape = undefined;
    node.parts = [];
    node.children.clear();
    node.names.clear();
    if (object.isPerspectiveCamera === true) node.names.add(PINHOLE_PART);
    view.log(node.path, Clear.recursive());
  }

  #removeLost(view: RecordingView, { children }: SceneObject, node: SceneNode): void {
    let found = 0;
    for (const child of children) {
      const childNode = node.children.get(child);
      if (childNode === undefined || childNode.seenIn === this.#updates) continue;
      childNode.seenIn = this.#updates;
      found++;
    }
    if (found === node.children.size) return;
    for (const [child, childNode] of node.children) {
      if (childNode.seenIn === this.#updates) continue;
      node.children.delete(child);
      node.names.delete(childNode.path.parts.at(-1) as string);
      if (childNode.isShown) view.log(childNode.path, Clear.recursive());
    }
  }

  #writeObject(view: RecordingView, object: SceneObject, node: SceneNode): void {
    node.isShown = true;
    const drawings = this.#changedDrawings(view, object, node);
    // Updates the matrix, which is otherwise computed when the scene is rendered.
    if (object.matrixAutoUpdate !== false) object.updateMatrix?.();
    const isMoved = copyIfChanged(object.matrix.elements, node.matrix);
    if (drawings.length === 0) {
      if (isMoved) this.#moved.push(node);
      return;
    }
    const data = drawings.filter(({ part }) => part === undefined).map((drawing) => drawing.data);
    if (isMoved) data.unshift(this.#transform.of(node.matrix));
    this.#log(view, node, undefined, data);
    const parts = new Set(drawings.map(({ part }) => part).filter((part) => part !== undefined));
    for (const part of parts) {
      const inPart = drawings.filter((drawing) => drawing.part === part).map((drawing) => drawing.data);
      this.#log(view, node, part, inPart);
    }
  }

  #changedDrawings(view: RecordingView, object: SceneObject, node: SceneNode): Drawing[] {
    const { shape, look, poses } = this.#stamps;
    shape.length = look.length = poses.length = 0;
    node.memory.restart();
    addShape(object, shape, node.memory);
    addLook(object, look, node.memory);
    addPoses(object, poses, node.memory);
    const isReshaped = node.shape === undefined || !areEqual(shape, node.shape);
    const isRecolored = !areEqual(look, node.look);
    const isPosed = isReshaped || !areEqual(poses, node.poses);
    if (!isRecolored && !isPosed) return [];
    // Stored before anything is logged, because logging may throw in strict mode.
    [node.shape, node.look, node.poses] = [[...shape], [...look], [...poses]];
    const drawings = isReshaped
      ? drawingsOf(object, this.#options, node.parts.length > 0)
      : isRecolored
        ? recoloredOf(object, this.#options)
        : [];
    if (isReshaped) this.#clearLost(view, node, drawings);
    return isPosed && node.parts.length > 0 ? [...drawings, ...instanceDrawings(object)] : drawings;
  }

  /** Clears the parts that are no longer drawn. */
  #clearLost(view: RecordingView, node: SceneNode, drawings: readonly Drawing[]): void {
    const parts = drawings.map(({ part }) => part);
    for (const part of node.parts) {
      if (parts.includes(part)) continue;
      this.#log(view, node, part, [Clear.flat()]);
      // NaN never equals the next matrix, so the transform is logged again.
      if (part === undefined) node.matrix.fill(Number.NaN);
    }
    node.parts = parts;
  }

  #log(view: RecordingView, node: SceneNode, part: string | undefined, data: readonly AsComponents[]): void {
    if (data.length > 0) view.log(part === undefined ? node.path : node.path.join(part), data, this.#logOptions);
  }
}

/** The path part for an object, which none of its siblings has. */
function nameOf({ name, type }: SceneObject, taken: Set<string>): string {
  const base = name === "" ? type : name;
  let unique = name === "" ? `${type}_1` : name;
  for (let number = 2; taken.has(unique); number++) unique = `${base}_${number}`;
  taken.add(unique);
  return unique;
}

function areEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!Object.is(a[index], b[index])) return false;
  return true;
}

/** A transform whose numbers are replaced for each object. It is read while it is logged. */
class ReusedTransform {
  readonly #translation = new Float32Array(3);
  readonly #columns = new Float32Array(9);
  readonly #transform = new Transform3D({ translation: this.#translation, mat3x3: { columns: this.#columns } });

  /** The transform of a matrix of 16 numbers, column by column. */
  of(matrix: Float64Array): Transform3D {
    const isAffine = matrix[3] === 0 && matrix[7] === 0 && matrix[11] === 0 && matrix[15] === 1;
    // The error of another matrix is reported when it is logged.
    if (!isAffine) return Transform3D.fromMatrix4({ columns: Array.from(matrix) });
    for (let at = 0; at < 9; at++) this.#columns[at] = matrix[at + Math.floor(at / 3)] as number;
    for (let axis = 0; axis < 3; axis++) this.#translation[axis] = matrix[12 + axis] as number;
    return this.#transform;
  }
}

/** Copies the numbers of a matrix. Returns whether one of them differs. */
function copyIfChanged(from: ArrayLike<number>, to: Float64Array): boolean {
  let isChanged = false;
  for (let at = 0; at < 16; at++) {
    const value = from[at] as number;
    if (Object.is(value, to[at])) continue;
    to[at] = value;
    isChanged = true;
  }
  return isChanged;
}
