/**
 * Radii in points of the user interface, which stay as large as they are when one zooms: stored as negative numbers.
 *
 * @example
 * rec.log("cloud", new rr.Points3D(positions, { radii: rr.uiPoints(4) }));
 */
export function uiPoints(radius: number): number;
export function uiPoints(radii: ArrayLike<number>): Float32Array;
export function uiPoints(radii: number | ArrayLike<number>): number | Float32Array {
  return typeof radii === "number" ? -Math.abs(radii) : Float32Array.from(radii, (radius) => -Math.abs(radius));
}
