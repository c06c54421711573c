import type { GeometryLike } from "@rerun-ts/types";

/** A 4×4 matrix, column by column: a `Matrix4`. */
export interface Matrix4Like {
  /** Its 16 numbers. */
  readonly elements: ArrayLike<number>;
}

/**
 * An object of a scene: an `Object3D` of three.js, or a class derived from it. Classes are recognised by the same
 * properties as in three.js, such as `isMesh`, so several copies of three.js in a page do no harm.
 */
export interface Object3DLike {
  /** The name of its class. */
  readonly type: string;
  /** Its name, as a part of the entity path. */
  readonly name: string;
  /** Whether the object and its descendants are drawn. */
  readonly visible: boolean;
  /** Its transform relative to its parent. */
  readonly matrix: Matrix4Like;
  /** The children of the object. */
  readonly children: readonly Object3DLike[];
}

/** An attribute or an index of a geometry, with the parts that reveal changes. */
export interface VersionedAttribute {
  readonly count: number;
  readonly version?: number;
  readonly array?: ArrayLike<number>;
  /** The buffer of an interleaved attribute. */
  readonly data?: { readonly version: number; readonly array?: ArrayLike<number> };
}

/** The parts of a geometry that this package reads. `Mesh3D.fromGeometry` reads the rest. */
export interface SceneGeometry extends GeometryLike {
  readonly attributes: { readonly [name: string]: VersionedAttribute | undefined } & GeometryLike["attributes"];
  readonly groups?: readonly GeometryGroup[];
  readonly isInstancedBufferGeometry?: boolean;
  readonly instanceCount?: number;
  readonly drawRange?: { readonly start: number; readonly count: number };
}

/** The part of a geometry that has one of several materials. */
export interface GeometryGroup {
  readonly start: number;
  readonly count: number;
  readonly materialIndex?: number | undefined;
}

/** A colour: a `Color`. */
export interface SceneColor {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  getHex(): number;
}

/** A texture: its image is a canvas, an image, an `ImageBitmap`, or an array of bytes with a size. */
export interface SceneTexture {
  readonly image?: unknown;
  readonly version: number;
  readonly flipY: boolean;
  readonly isCompressedTexture?: boolean;
  readonly isVideoTexture?: boolean;
  readonly isRenderTargetTexture?: boolean;
}

/** A material. Materials without `color`, such as shaders, are drawn white. */
export interface SceneMaterial {
  readonly color?: SceneColor;
  readonly map?: SceneTexture | null;
  readonly opacity?: number;
  readonly transparent?: boolean;
  readonly visible?: boolean;
  readonly vertexColors?: boolean;
  readonly size?: number;
  readonly sizeAttenuation?: boolean;
  /** The width of a wide line. */
  readonly linewidth?: number;
  readonly worldUnits?: boolean;
}

/** All properties of the classes derived from `Object3D` that are read. */
export interface SceneObject extends Object3DLike {
  readonly children: readonly SceneObject[];
  readonly matrixAutoUpdate?: boolean;
  updateMatrix?(): void;
  readonly isMesh?: boolean;
  readonly isInstancedMesh?: boolean;
  readonly isBatchedMesh?: boolean;
  readonly isLine2?: boolean;
  readonly isLineSegments2?: boolean;
  readonly isPoints?: boolean;
  readonly isLine?: boolean;
  readonly isLineSegments?: boolean;
  readonly isLineLoop?: boolean;
  readonly isPerspectiveCamera?: boolean;
  readonly isLight?: boolean;
  readonly isAmbientLight?: boolean;
  readonly isHemisphereLight?: boolean;
  readonly geometry?: SceneGeometry;
  readonly material?: SceneMaterial | readonly SceneMaterial[];
  readonly count?: number;
  readonly instanceMatrix?: VersionedAttribute & { readonly array: ArrayLike<number> };
  readonly fov?: number;
  readonly aspect?: number;
  readonly zoom?: number;
  readonly color?: SceneColor;
}
