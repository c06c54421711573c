import { InvalidValueError } from "@rerun-ts/core/checks";
import { Points2D } from "../../gen/archetypes/points2d.ts";
import { Points3D } from "../../gen/archetypes/points3d.ts";
import type { BlobLike } from "../../codecs/blobs.ts";
import { checkPositions, hasProperty, verticesOf } from "./classify-ply.ts";
import { readPlyHeader, type PlyElement, type PlyHeader, type PlyType } from "./ply-header.ts";
import type { PlyPlan } from "./ply-reader.ts";
import { readPly, readPlyRows } from "./read-ply.ts";

/** The columns of a row, in this order. */
const COLUMNS = ["x", "y", "z", "red", "green", "blue", "alpha", "radius"];
const [RED, ALPHA, RADIUS] = [3, 6, 7] as const;
const OPAQUE = 255;

/**
 * Reads the vertices of a PLY file as points in 3D. It uses `x`, `y` and `z` (default 0) and, if they exist, `red`,
 * `green`, `blue` and `alpha`, `radius`, and `label` as a list of `uchar`. Colours are bytes, or fractions if their
 * type is `float` or `double`. Other properties and elements are ignored. The result is the same as with Rerun's own
 * SDKs.
 *
 * @param ply the bytes of the file: text, or binary of either byte order
 * @throws {TypeError} if it is not a PLY file, if it is truncated, or if its vertices have no `x` and `y`
 *
 * @example
 * rec.log("scan", rr.files.points3DFromPly(bytes));
 */
export function points3DFromPly(ply: BlobLike): Points3D {
  return readPly(ply, (bytes) => {
    const { positions, ...options } = readPoints(bytes, readPlyHeader(bytes), 3);
    return new Points3D(positions, options);
  });
}

/**
 * Reads the vertices of a PLY file as points in 2D, like {@link points3DFromPly}.
 *
 * @param ply the bytes of the file: text, or binary of either byte order
 * @throws {TypeError} if it is not a PLY file, if it is truncated, or if its vertices have no `x` and `y`, or a `z`
 */
export function points2DFromPly(ply: BlobLike): Points2D {
  return readPly(ply, (bytes) => {
    const header = readPlyHeader(bytes);
    if (hasProperty(verticesOf(header), "z")) {
      throw new InvalidValueError("a PLY file with points in 2D", "one whose vertices have `z`", false);
    }
    const { positions, ...options } = readPoints(bytes, header, 2);
    return new Points2D(positions, options);
  });
}

interface PlyPoints {
  readonly positions: Float32Array;
  /** Packed, as 0xRRGGBBAA. */
  readonly colors: Uint32Array | undefined;
  readonly radii: Float32Array | undefined;
  readonly labels: readonly string[] | undefined;
}

function readPoints(bytes: Uint8Array, header: PlyHeader, dimensions: 2 | 3): PlyPoints {
  const vertices = verticesOf(header);
  checkPositions(vertices);
  const plan = planOf(vertices);
  const has = (column: number): boolean => vertices.count > 0 && plan.columns.includes(column);
  const positions = new Float32Array(vertices.count * dimensions);
  const colors = [0, 1, 2].every((channel) => has(RED + channel)) ? new Uint32Array(vertices.count) : undefined;
  const radii = has(RADIUS) ? new Float32Array(vertices.count) : undefined;
  const types = COLUMNS.map((_, column) => vertices.properties[plan.columns.indexOf(column)]?.type);
  const labels = readPlyRows(bytes, header, vertices, plan, (numbers, from, count) => {
    for (let row = 0; row < count; row++) {
      const start = row * plan.width;
      for (let axis = 0; axis < dimensions; axis++) {
        positions[(from + row) * dimensions + axis] = numbers[start + axis] as number;
      }
      if (colors !== undefined) colors[from + row] = packColor(numbers, start, types);
      if (radii !== undefined) radii[from + row] = numbers[start + RADIUS] as number;
    }
  });
  return { positions, colors, radii, labels: labels.length === 0 ? undefined : labels };
}

function planOf({ properties }: PlyElement): PlyPlan {
  const columns = properties.map(({ name, lengthType }) => {
    const column = COLUMNS.indexOf(name);
    if (column < 0) return undefined;
    if (lengthType === undefined) return column;
    if (column < RED)
      throw new InvalidValueError("a PLY file with positions that are numbers", `lists in \`${name}\``, false);
    return undefined;
  });
  const text = properties.findIndex(({ name, type, lengthType }) => {
    return name === "label" && type === "uint8" && lengthType !== undefined;
  });
  return { columns, width: COLUMNS.length, text };
}

/** @param types the type of each column */
function packColor(numbers: Float64Array, start: number, types: readonly (PlyType | undefined)[]): number {
  let packed = 0;
  for (let column = RED; column <= ALPHA; column++) {
    const type = types[column];
    const byte = type === undefined ? OPAQUE : toByte(numbers[start + column] as number, type);
    packed = (packed << 8) | byte;
  }
  return packed;
}

/** As in the native SDKs: fractions are truncated to a byte, integers keep their lowest eight bits. */
function toByte(value: number, type: PlyType): number {
  if (type === "float32") return clampByte(Math.fround(value * 255));
  return type === "float64" ? clampByte(value * 255) : value & 255;
}

function clampByte(value: number): number {
  return value > 0 ? Math.min(255, Math.trunc(value)) : 0;
}
