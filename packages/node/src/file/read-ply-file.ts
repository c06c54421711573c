import { RerunError } from "@rerun-ts/core";
import {
  gaussianSplats3DFromPly,
  points2DFromPly,
  points3DFromPly,
  type GaussianSplats3D,
  type Points2D,
  type Points3D,
} from "@rerun-ts/types";
import { toPathString, readBytes } from "./read-bytes.ts";
import { messageOf, withRerunErrors } from "@rerun-ts/core/checks";

/**
 * Reads the vertices of a PLY file as 3D points. See `points3DFromPly` for the properties.
 *
 * @throws {RerunError} `NOT_FOUND` if the file does not exist, `IO_ERROR` if it cannot be read, `INVALID_FORMAT` if it is
 * not a PLY file with points
 * @throws {RerunError} `INVALID_ARGUMENT` if `path` is not a path
 *
 * @example
 * rec.log("scan", await rr.files.readPoints3D("scan.ply"));
 */
export function readPoints3D(path: string | URL): Promise<Points3D> {
  return readWith(path, points3DFromPly);
}

/**
 * Reads the vertices of a PLY file as 2D points. See `points2DFromPly` for the properties.
 *
 * @throws {RerunError} `NOT_FOUND` if the file does not exist, `IO_ERROR` if it cannot be read, `INVALID_FORMAT` if it is
 * not a PLY file with 2D points
 * @throws {RerunError} `INVALID_ARGUMENT` if `path` is not a path
 *
 * @example
 * rec.log("keypoints", await rr.files.readPoints2D("keypoints.ply"));
 */
export function readPoints2D(path: string | URL): Promise<Points2D> {
  return readWith(path, points2DFromPly);
}

/**
 * Reads the Gaussian splats of a PLY file. See `gaussianSplats3DFromPly` for the properties.
 *
 * @throws {RerunError} `NOT_FOUND` if the file does not exist, `IO_ERROR` if it cannot be read, `INVALID_FORMAT` if it is
 * not a PLY file with splats
 * @throws {RerunError} `INVALID_ARGUMENT` if `path` is not a path
 *
 * @example
 * rec.log("room", await rr.files.readGaussianSplats3D("room.ply"), { static: true });
 */
export function readGaussianSplats3D(path: string | URL): Promise<GaussianSplats3D> {
  return readWith(path, gaussianSplats3DFromPly);
}

function readWith<T>(path: string | URL, fromPly: (bytes: Uint8Array) => T): Promise<T> {
  return withRerunErrors(async () => {
    const name = toPathString(path);
    const bytes = await readBytes(name);
    try {
      return fromPly(bytes);
    } catch (error) {
      const reason = messageOf(error);
      throw new RerunError("INVALID_FORMAT", `cannot read ${name}: ${reason}`, { cause: error, argument: "path" });
    }
  });
}
