import { RerunError, type AsComponents } from "@rerun-ts/core";
import { Asset3D } from "../gen/archetypes.ts";
import { classifyPly, type PlyContent } from "../media/ply/classify-ply.ts";
import { readPlyHeader } from "../media/ply/ply-header.ts";
import { points2DFromPly, points3DFromPly } from "../media/ply/points-from-ply.ts";
import { readPly } from "../media/ply/read-ply.ts";
import { gaussianSplats3DFromPly } from "../media/ply/splats-from-ply.ts";
import type { ImportedFile } from "./imported-file.ts";

const READERS: Readonly<Record<PlyContent, (bytes: Uint8Array) => AsComponents>> = {
  splats: gaussianSplats3DFromPly,
  points2D: points2DFromPly,
  points3D: points3DFromPly,
  mesh: (contents) => new Asset3D({ contents, mediaType: "application/x-ply" }),
};

/**
 * Reads a PLY file as the archetype that fits its content.
 *
 * @throws {RerunError} `INVALID_FORMAT`
 */
export function fromPly({ name, bytes }: ImportedFile): AsComponents {
  try {
    return READERS[readPly(bytes, (file) => classifyPly(readPlyHeader(file)))](bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new RerunError("INVALID_FORMAT", `${JSON.stringify(name)}: ${error.message}`, {
      cause: error,
      argument: "contents",
    });
  }
}
