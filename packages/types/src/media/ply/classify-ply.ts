import { InvalidValue } from "@rerun-ts/core/internal";
import type { PlyElement, PlyHeader, PlyProperty } from "./ply-header.ts";

/** What a file holds. */
export type PlyContent = "splats" | "points2D" | "points3D" | "mesh";

/** What the reference implementation of Gaussian splatting writes, but for normals and higher harmonics. */
const SPLAT_PROPERTIES = [
  ["x", "y", "z", "opacity", "f_dc_0", "f_dc_1", "f_dc_2"],
  ["scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"],
].flat();

/** What a file holds, by its header. Throws `InvalidValue` if it is nothing that can be shown. */
export function classifyPly(header: PlyHeader): PlyContent {
  const vertices = verticesOf(header);
  if (isSplats(vertices)) return "splats";
  if (header.elements.some(isFaces)) return "mesh";
  checkPositions(vertices);
  return hasProperty(vertices, "z") ? "points3D" : "points2D";
}

/** Throws `InvalidValue` if the vertices are nowhere. */
export function checkPositions(vertices: PlyElement): void {
  if (hasProperty(vertices, "x") && hasProperty(vertices, "y")) return;
  const names = vertices.properties.map(({ name }) => `\`${name}\``).join(", ");
  throw new InvalidValue("a PLY file whose vertices have `x` and `y`", names === "" ? "nothing" : names, false);
}

/** The vertices. Throws `InvalidValue` if there are none. */
export function verticesOf({ elements }: PlyHeader): PlyElement {
  const vertices = elements.find(({ name }) => name === "vertex");
  if (vertices === undefined) throw new InvalidValue("a PLY file with vertices", "one without", false);
  return vertices;
}

/** Whether each vertex is a Gaussian splat. */
export function isSplats(vertices: PlyElement): boolean {
  return SPLAT_PROPERTIES.every((name) => hasProperty(vertices, name));
}

/** Whether these are the faces of a mesh, made of lists of vertices. */
function isFaces({ name, count, properties }: PlyElement): boolean {
  return name === "face" && count > 0 && properties.some(isIndexList);
}

function isIndexList({ name, type, lengthType }: PlyProperty): boolean {
  const isIndex = name === "vertex_indices" || name === "vertex_index";
  return isIndex && lengthType !== undefined && !type.startsWith("float");
}

/** Whether each item has this property. */
export function hasProperty({ properties }: PlyElement, wanted: string): boolean {
  return properties.some(({ name }) => name === wanted);
}
