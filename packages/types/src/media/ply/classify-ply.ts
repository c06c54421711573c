import { InvalidValueError } from "@rerun-ts/core/checks";
import type { PlyElement, PlyHeader, PlyProperty } from "./ply-header.ts";

/** The kinds of content of a PLY file. */
export type PlyContent = "splats" | "points2D" | "points3D" | "mesh";

/**
 * The properties that the reference implementation of Gaussian splatting writes, without normals and higher harmonics.
 */
const SPLAT_PROPERTIES = [
  ["x", "y", "z", "opacity", "f_dc_0", "f_dc_1", "f_dc_2"],
  ["scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"],
].flat();

/** The content of a file, judging by its header. Throws `InvalidValueError` if viewers cannot show the content. */
export function classifyPly(header: PlyHeader): PlyContent {
  const vertices = verticesOf(header);
  if (isSplats(vertices)) return "splats";
  if (header.elements.some(isFaces)) return "mesh";
  checkPositions(vertices);
  return hasProperty(vertices, "z") ? "points3D" : "points2D";
}

/** Throws `InvalidValueError` if the vertices have no positions. */
export function checkPositions(vertices: PlyElement): void {
  if (hasProperty(vertices, "x") && hasProperty(vertices, "y")) return;
  const names = vertices.properties.map(({ name }) => `\`${name}\``).join(", ");
  throw new InvalidValueError("a PLY file whose vertices have `x` and `y`", names === "" ? "nothing" : names, false);
}

/** The element with the vertices. Throws `InvalidValueError` if there is none. */
export function verticesOf({ elements }: PlyHeader): PlyElement {
  const vertices = elements.find(({ name }) => name === "vertex");
  if (vertices === undefined) throw new InvalidValueError("a PLY file with vertices", "one without", false);
  return vertices;
}

/** Whether each vertex is a Gaussian splat. */
export function isSplats(vertices: PlyElement): boolean {
  return SPLAT_PROPERTIES.every((name) => hasProperty(vertices, name));
}

/** Whether an element has the faces of a mesh: lists of vertex indices. */
function isFaces({ name, count, properties }: PlyElement): boolean {
  return name === "face" && count > 0 && properties.some(isIndexList);
}

function isIndexList({ name, type, lengthType }: PlyProperty): boolean {
  const isIndex = name === "vertex_indices" || name === "vertex_index";
  return isIndex && lengthType !== undefined && !type.startsWith("float");
}

/** Whether the items of an element have a property. */
export function hasProperty({ properties }: PlyElement, wanted: string): boolean {
  return properties.some(({ name }) => name === wanted);
}
