import type { AsComponents } from "@rerun-ts/core";
import {
  InstancePoses3D,
  LineStrips3D,
  Mesh3D,
  Pinhole,
  Points3D,
  uiPoints,
  type Mesh3DOptions,
  type RasterLike,
} from "@rerun-ts/types";
import { readGeometry } from "@rerun-ts/types/integration";
import type {
  GeometryGroup,
  SceneGeometry,
  SceneMaterial,
  SceneObject,
  SceneTexture,
  VersionedAttribute,
} from "./scene-like.ts";
import { fatLinesOf } from "./fat-lines.ts";
import { isFatLine, leftOutOf, unreadableTexture } from "./left-out-objects.ts";
import type { StampMemory } from "./stamp-memory.ts";
import { isLoaded, rasterOf } from "./texture-raster.ts";

/** Appearance of an object, besides its transform. */
export interface Drawing {
  /** The part below the object's path for this drawing. `undefined` for the path itself. */
  readonly part: string | undefined;
  readonly data: AsComponents;
}

/** Options of drawing objects. */
export interface DrawingOptions {
  readonly maxTextureSize: number;
  /** Reports what is left out. */
  readonly warn: (message: string) => void;
}

/** The part of a camera's path with its `Pinhole`, so that entities below the camera itself are not projected. */
export const PINHOLE_PART = "pinhole";
const WHITE: SceneMaterial = {};
/** In place of a missing material among several, whose part three.js does not draw. */
const HIDDEN: SceneMaterial = { visible: false };
const ATTRIBUTES = ["position", "normal", "uv", "color"];
const FAT_LINE_ATTRIBUTES = ["instanceStart", "instanceEnd"];
const LIGHT_RADIUS = 6;
const RADIANS = Math.PI / 180;

/** Appends all properties that determine the shape of an object, for a comparison with the earlier ones. */
export function addShape(object: SceneObject, stamps: unknown[], memory: StampMemory): void {
  const { geometry } = object;
  if (geometry !== undefined && isDrawn(object)) {
    stamps.push(geometry, geometry.drawRange?.start, geometry.drawRange?.count, geometry.groups?.length);
    for (const name of isFatLine(object) ? FAT_LINE_ATTRIBUTES : ATTRIBUTES)
      stamps.push(memory.revisionOf(geometry.attributes[name]));
    stamps.push(memory.revisionOf(geometry.index as VersionedAttribute | null), geometry.instanceCount);
    const materials = materialsOf(object);
    stamps.push(Array.isArray(object.material), materials.length);
    for (const material of materials) {
      const { map, vertexColors, visible, size, sizeAttenuation, linewidth, worldUnits } = material;
      stamps.push(vertexColors, visible, size, sizeAttenuation, linewidth, worldUnits, map);
      if (map) stamps.push(map.version, map.image, isLoaded(map));
    }
    if (object.isInstancedMesh === true) stamps.push(object.count === 0);
  } else if (object.isPerspectiveCamera === true) {
    stamps.push(object.fov, object.aspect, object.zoom);
  }
}

/** Appends the colours of an object, packed. */
export function addLook(object: SceneObject, stamps: unknown[], memory: StampMemory): void {
  if (isPlacedLight(object)) stamps.push(memory.packed(object.color, 1, packed));
  else if (object.material !== undefined)
    for (const material of materialsOf(object)) stamps.push(memory.packed(material.color, opacityOf(material), packed));
}

/** Appends everything that determines the poses of instances. */
export function addPoses(
  { isInstancedMesh, instanceMatrix, count }: SceneObject,
  stamps: unknown[],
  memory: StampMemory,
): void {
  if (isInstancedMesh === true) stamps.push(memory.revisionOf(instanceMatrix), count);
}

/**
 * Appearance of an object.
 *
 * @param isAgain whether it was drawn before: what it has lost is cleared
 */
export function drawingsOf(object: SceneObject, options: DrawingOptions, isAgain: boolean): Drawing[] {
  if (object.isPerspectiveCamera === true) return [{ part: PINHOLE_PART, data: pinholeOf(object) }];
  if (isPlacedLight(object)) {
    const { name, type, color } = object;
    const fields = { colors: color && packed(color.getHex(), 1), radii: uiPoints(LIGHT_RADIUS), labels: name || type };
    return [{ part: undefined, data: new Points3D([[0, 0, 0]], { ...fields, showLabels: false }) }];
  }
  const leftOut = leftOutOf(object);
  if (leftOut !== undefined) options.warn(leftOut);
  const { geometry } = object;
  if (geometry?.attributes["position"] === undefined || !isDrawn(object)) return [];
  const [material = WHITE] = materialsOf(object);
  if (isFatLine(object))
    return material.visible === false
      ? []
      : [{ part: undefined, data: fatLinesOf(object, geometry, material, colorOf(material)) }];
  if (object.isMesh === true) return meshesOf(object, geometry, options, isAgain);
  if (material.visible === false) return [];
  const data = object.isPoints === true ? pointsOf(geometry, material) : linesOf(object, geometry, material);
  return [{ part: undefined, data }];
}

/** Parts to log where only colours have changed: the colours of meshes, everything else as a whole. */
export function recoloredOf(object: SceneObject, options: DrawingOptions): Drawing[] {
  if (object.isMesh !== true || isFatLine(object)) return drawingsOf(object, options, true);
  const geometry = object.geometry as SceneGeometry;
  return partsOf(object, geometry).map(({ part, material }) => ({
    part,
    data: Mesh3D.fromFields({ albedoFactor: colorOf(material) }),
  }));
}

/** The poses of instances: for each part of a mesh, since they are not inherited. */
export function instanceDrawings(object: SceneObject): Drawing[] {
  const { instanceMatrix, count = 0, geometry } = object;
  if (object.isInstancedMesh !== true || instanceMatrix === undefined || geometry === undefined) return [];
  const translations = new Float32Array(count * 3);
  const mat3x3: { readonly columns: Float32Array }[] = [];
  for (let instance = 0; instance < count; instance++) {
    const numberAt = (column: number, row: number): number =>
      instanceMatrix.array[instance * 16 + column * 4 + row] ?? 0;
    for (let row = 0; row < 3; row++) translations[instance * 3 + row] = numberAt(3, row);
    mat3x3.push({ columns: Float32Array.from({ length: 9 }, (_, at) => numberAt(Math.floor(at / 3), at % 3)) });
  }
  const data = new InstancePoses3D({ translations, mat3x3 });
  return partsOf(object, geometry).map(({ part }) => ({ part, data }));
}

function meshesOf(object: SceneObject, geometry: SceneGeometry, options: DrawingOptions, isAgain: boolean): Drawing[] {
  // Without instances nothing is drawn, whereas Rerun would draw a mesh without poses once.
  if (object.isInstancedMesh === true && object.count === 0) return [];
  return partsOf(object, geometry).map(({ part, material, group }) => {
    const albedoTexture = material.map ? textureOf(material.map, options) : undefined;
    const { normal, uv, color } = geometry.attributes;
    const none = isAgain ? null : undefined;
    const fields: Partial<Mesh3DOptions> = {
      albedoFactor: colorOf(material),
      ...((albedoTexture !== undefined || isAgain) && { albedoTexture: albedoTexture ?? null }),
      ...((material.vertexColors !== true || color === undefined) && { vertexColors: none }),
      ...(isAgain && normal === undefined && { vertexNormals: null }),
      ...(isAgain && uv === undefined && { vertexTexcoords: null }),
      ...(isAgain && (geometry.index ?? undefined) === undefined && { triangleIndices: null }),
      ...trianglesOf(geometry, group),
    };
    return { part, data: Mesh3D.fromGeometry(geometry, fields) };
  });
}

function textureOf(map: SceneTexture, { maxTextureSize, warn }: DrawingOptions): RasterLike | undefined {
  const reason = unreadableTexture(map);
  if (reason !== undefined) warn(reason);
  return reason === undefined ? rasterOf(map, maxTextureSize) : undefined;
}

interface MeshPart {
  readonly part: string | undefined;
  readonly material: SceneMaterial;
  readonly group: GeometryGroup | undefined;
}

/** The parts of a mesh: one for each of several materials. */
function partsOf(object: SceneObject, geometry: SceneGeometry): MeshPart[] {
  const { groups = [] } = geometry;
  const materials = materialsOf(object);
  const all: MeshPart[] = Array.isArray(object.material)
    ? groups.map((group, index) => ({
        part: `part_${index}`,
        material: materials[group.materialIndex ?? 0] ?? HIDDEN,
        group,
      }))
    : [{ part: undefined, material: materials[0] ?? WHITE, group: undefined }];
  return all.filter(({ material, group }) => {
    // A mesh without triangles would be drawn as a whole.
    const [start, end] = rangeOf(geometry, countOf(geometry), group);
    return material.visible !== false && end - start >= 3;
  });
}

/** The number of vertices of all triangles. */
function countOf({ index, attributes }: SceneGeometry): number {
  return index?.count ?? attributes["position"]?.count ?? 0;
}

/** The triangles of a group within the drawn range. Empty options if these are all triangles. */
function trianglesOf(geometry: SceneGeometry, group: GeometryGroup | undefined): Partial<Mesh3DOptions> {
  const total = countOf(geometry);
  const [start, end] = rangeOf(geometry, total, group);
  if (start === 0 && end === total) return {};
  return { triangleIndices: vertices(geometry, start, end - ((end - start) % 3)) };
}

function pointsOf(geometry: SceneGeometry, material: SceneMaterial): Points3D {
  const { positions, colors } = readGeometry(geometry);
  const { size = 1, sizeAttenuation = true, vertexColors } = material;
  const [start, end] = rangeOf(geometry, positions.length / 3);
  return new Points3D(sliceOf(positions, start * 3, end * 3) as Float32Array, {
    colors: vertexColors === true && colors !== undefined ? slicedColors(colors, start, end) : colorOf(material),
    radii: sizeAttenuation ? size / 2 : uiPoints(size / 2),
  });
}

function linesOf(object: SceneObject, geometry: SceneGeometry, material: SceneMaterial): LineStrips3D {
  const { positions, indices } = readGeometry(geometry);
  const [start, end] = rangeOf(geometry, indices?.length ?? positions.length / 3);
  const at = Array.from(vertices(geometry, start, end));
  const first = at[0];
  if (object.isLineLoop === true && first !== undefined) at.push(first);
  if (object.isLineSegments === true && at.length % 2 === 1) at.pop();
  const points = new Float32Array(at.length * 3);
  for (const [index, vertex] of at.entries())
    for (let axis = 0; axis < 3; axis++) points[index * 3 + axis] = positions[vertex * 3 + axis] ?? 0;
  const lengths =
    object.isLineSegments === true ? Array.from({ length: at.length / 2 }, () => 2) : [at.length].filter(Boolean);
  return new LineStrips3D({ points, lengths }, { colors: colorOf(material) });
}

function pinholeOf({ fov = 50, aspect = 1, zoom = 1 }: SceneObject): Pinhole {
  const fovY = 2 * Math.atan(Math.tan((fov * RADIANS) / 2) / zoom);
  return new Pinhole({ fovY, aspectRatio: aspect, cameraXyz: "RUB" });
}

/** The numbers of the vertices from one position to another, through the index if there is one. */
function vertices(geometry: SceneGeometry, start: number, end: number): Uint32Array {
  const { index } = geometry;
  const indices = index === undefined || index === null ? undefined : readGeometry(geometry).indices;
  return Uint32Array.from({ length: end - start }, (_, at) => indices?.[start + at] ?? start + at);
}

function rangeOf({ drawRange }: SceneGeometry, total: number, group?: GeometryGroup): readonly [number, number] {
  const [first, drawn] = [drawRange?.start ?? 0, drawRange?.count ?? Infinity];
  const start = Math.max(0, first, group?.start ?? 0);
  const end = Math.min(total, first + drawn, (group?.start ?? 0) + (group?.count ?? Infinity));
  return [start, Math.max(start, end)];
}

function sliceOf(values: ArrayLike<number>, start: number, end: number): ArrayLike<number> {
  if (start === 0 && end >= values.length) return values;
  return Float32Array.from({ length: end - start }, (_, at) => values[start + at] as number);
}

function slicedColors(
  colors: { readonly rgb: Uint8Array } | { readonly rgba: Uint8Array },
  start: number,
  end: number,
) {
  return "rgb" in colors
    ? { rgb: colors.rgb.subarray(start * 3, end * 3) }
    : { rgba: colors.rgba.subarray(start * 4, end * 4) };
}

/** The colour of a material as 0xRRGGBBAA, in sRGB. */
function colorOf(material: SceneMaterial): number {
  return packed(material.color?.getHex() ?? 0xffffff, opacityOf(material));
}

function opacityOf({ opacity = 1, transparent }: SceneMaterial): number {
  return transparent === true ? opacity : 1;
}

function packed(hex: number, opacity: number): number {
  return hex * 256 + Math.round(255 * Math.min(1, Math.max(0, opacity)));
}

function materialsOf({ material }: SceneObject): readonly SceneMaterial[] {
  if (!Array.isArray(material)) return [(material as SceneMaterial | null | undefined) ?? WHITE];
  return (material as readonly (SceneMaterial | null | undefined)[]).map((each) => each ?? HIDDEN);
}

function isDrawn(object: SceneObject): boolean {
  const { isMesh, isPoints, isLine } = object;
  return (isMesh === true || isPoints === true || isLine === true) && leftOutOf(object) === undefined;
}

/** Whether an object is a light that has a place. */
function isPlacedLight({ isLight, isAmbientLight, isHemisphereLight }: SceneObject): boolean {
  return isLight === true && isAmbientLight !== true && isHemisphereLight !== true;
}
