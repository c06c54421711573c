import { checkOptions, invalidArgument } from "@rerun-ts/core/checks";
import { LAST_COLOR, turboColor } from "./turbo.ts";

/** Points with colours, for examples and tests. */
export interface ColoredPoints {
  /** The x, y and z of each point. */
  readonly positions: [x: number, y: number, z: number][];
  /** The red, green and blue of each point, from 0 to 255. */
  readonly colors: [red: number, green: number, blue: number][];
}

/** Options of {@link buildColorGrid}. */
export interface ColorGridOptions {
  /** The angle between the bottom and the top, in radians. Default 0. */
  twist?: number | undefined;
}

/** Options of {@link buildColorSpiral}. */
export interface ColorSpiralOptions {
  /** The radius. Default 2. */
  radius?: number | undefined;
  /** The part of a turn between two points. Default 0.02. */
  angularStep?: number | undefined;
  /** The angle of the first point, in radians. Default 0. */
  angularOffset?: number | undefined;
  /** The distance along the z axis between two points. Default 0.1. */
  zStep?: number | undefined;
}

/**
 * A cube of points from -10 to 10 on each axis, with a colour for each place.
 *
 * @param xCount the number of points along the x axis
 * @throws {TypeError} if an argument is wrong
 * @example
 * const { positions, colors } = rr.buildColorGrid(10, 10, 10, { twist: 1 });
 * rec.log("grid", new rr.Points3D(positions, { colors, radii: 0.5 }));
 */
export function buildColorGrid(xCount = 10, yCount = 10, zCount = 10, options: ColorGridOptions = {}): ColoredPoints {
  const counts = [count("xCount", xCount), count("yCount", yCount), count("zCount", zCount)];
  checkOptions("buildColorGrid", options, { twist: 1 });
  const twist = finite("twist", options.twist, 0);
  const [xs = [], ys = [], zs = []] = counts.map((each) => spread(-10, 10, each));
  const [reds = [], greens = [], blues = []] = counts.map((each) => spread(0, 255, each).map(Math.trunc));
  const turns = spread(-twist / 2, twist / 2, zCount).map((angle) => [Math.cos(angle), Math.sin(angle)] as const);
  const points: ColoredPoints = { positions: [], colors: [] };
  for (const [i, x] of xs.entries())
    for (const [j, y] of ys.entries())
      for (const [k, [cos, sin]] of turns.entries()) {
        points.positions.push([x * cos - y * sin, x * sin + y * cos, zs[k] ?? 0]);
        points.colors.push([reds[i] ?? 0, greens[j] ?? 0, blues[k] ?? 0]);
      }
  return points;
}

/**
 * A spiral of points along the z axis, in the colours of Turbo.
 *
 * @throws {TypeError} if an argument is wrong
 * @example
 * const left = rr.buildColorSpiral(100);
 * const right = rr.buildColorSpiral(100, { angularOffset: Math.PI });
 * rec.log("dna/left", new rr.Points3D(left.positions, { colors: left.colors, radii: 0.08 }));
 * rec.log("dna/right", new rr.Points3D(right.positions, { colors: right.colors, radii: 0.08 }));
 */
export function buildColorSpiral(numPoints = 100, options: ColorSpiralOptions = {}): ColoredPoints {
  count("numPoints", numPoints);
  checkOptions("buildColorSpiral", options, { radius: 1, angularStep: 1, angularOffset: 1, zStep: 1 });
  const radius = finite("radius", options.radius, 2);
  const angularStep = finite("angularStep", options.angularStep, 0.02);
  const angularOffset = finite("angularOffset", options.angularOffset, 0);
  const zStep = finite("zStep", options.zStep, 0.1);
  const angles = Array.from({ length: numPoints }, (_, index) => index * 2 * Math.PI * angularStep + angularOffset);
  return {
    positions: angles.map((angle, index) => [Math.cos(angle) * radius, Math.sin(angle) * radius, index * zStep]),
    colors: spread(0, LAST_COLOR, numPoints).map((index) => turboColor(Math.floor(index))),
  };
}

/**
 * The number between `a` and `b` at `t`. Above 1 it moves back to `a`, above 2 again to `b`, and so on.
 *
 * @param a the number at 0
 * @param b the number at 1
 */
export function bounceLerp(a: number, b: number, t: number): number {
  const part = t - Math.floor(t);
  return Math.trunc(t) % 2 === 0 ? (1 - part) * a + part * b : part * a + (1 - part) * b;
}

/** Numbers with equal distances, both ends included, with the roundings of NumPy. */
function spread(from: number, to: number, length: number): number[] {
  const step = length > 1 ? (to - from) / (length - 1) : 0;
  return Array.from({ length }, (_, index) => (index > 0 && index === length - 1 ? to : index * step + from));
}

function count(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value;
  throw invalidArgument(name, "a non-negative integer", value);
}

function finite(name: string, value: number | undefined, defaultValue: number): number {
  if (value === undefined) return defaultValue;
  if (Number.isFinite(value)) return value;
  throw invalidArgument(name, "a finite number", value);
}
