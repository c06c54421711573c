import { RerunError } from "@rerun-ts/core";
import {
  gaussianSplats3DFromPly,
  points2DFromPly,
  points3DFromPly,
  type GaussianSplats3D,
  type Points2D,
  type Points3D,
} from "@rerun-ts/types";
import { pathText, readBytes } from "./read-bytes.ts";

/**
 * The vertices of a PLY file as points in 3D; see `points3DFromPly`.
 *
 * @throws {RerunError} `FILE` if the file cannot be read, `FORMAT` if it is no PLY file with points
 *
 * @example
 * rec.log("scan", await rr.readPoints3D("scan.ply"));
 */
export function readPoints3D(path: string | URL): Promise<Points3D> {
  return readWith(path, points3DFromPly);
}

/**
 * The vertices of a PLY file as points in 2D; see `points2DFromPly`.
 *
 * @throws {RerunError} `FILE` if the file cannot be read, `FORMAT` if it is no PLY file with points in 2D
 */
export function readPoints2D(path: string | URL): Promise<Points2D> {
  return readWith(path, points2DFromPly);
}

/**
 * The Gaussian splats of a PLY file; see `gaussianSplats3DFromPly`.
 *
 * @throws {RerunError} `FILE` if the file cannot be read, `FORMAT` if it is no PLY file with splats
 */
export function readGaussianSplats3D(path: string | URL): Promise<GaussianSplats3D> {
  return readWith(path, gaussianSplats3DFromPly);
}

async function readWith<T>(path: string | URL, fromPly: (bytes: Uint8Array) => T): Promise<T> {
  const name = pathText(path);
  const bytes = await readBytes(name);
  try {
    return fromPly(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RerunError("FORMAT", `cannot read ${name}: ${reason}`, { cause: error, argument: "path" });
  }
}
