import { LineStrips3D, uiPoints } from "@rerun-ts/types";
import { readGeometry } from "@rerun-ts/types/integration";
import type { SceneGeometry, SceneMaterial, SceneObject } from "./scene-like.ts";

/** The strips of a `Line2`, which is one, or of a `LineSegments2`. Their points are in attributes of instances. */
export function fatLinesOf(
  { isLine2 }: SceneObject,
  { attributes, instanceCount = Infinity }: SceneGeometry,
  { linewidth = 1, worldUnits }: SceneMaterial,
  colors: number,
): LineStrips3D {
  const pointsOf = (name: string): ArrayLike<number> =>
    readGeometry({ attributes: { position: attributes[name] } }).positions;
  const [starts, ends] = [pointsOf("instanceStart"), pointsOf("instanceEnd")];
  const count = Math.min(starts.length / 3, instanceCount);
  const radii = worldUnits === true ? linewidth / 2 : uiPoints(linewidth / 2);
  if (isLine2 === true && count > 0) {
    const points = new Float32Array(count * 3 + 3);
    for (let at = 0; at < count * 3; at++) points[at] = starts[at] as number;
    for (let axis = 0; axis < 3; axis++) points[count * 3 + axis] = ends[count * 3 - 3 + axis] as number;
    return new LineStrips3D({ points, lengths: [count + 1] }, { colors, radii });
  }
  const points = Float32Array.from({ length: count * 6 }, (_, at) => {
    const [segment, axis] = [Math.floor(at / 6), at % 6];
    return (axis < 3 ? starts[segment * 3 + axis] : ends[segment * 3 + axis - 3]) as number;
  });
  return new LineStrips3D({ points, lengths: Array.from({ length: count }, () => 2) }, { colors, radii });
}
