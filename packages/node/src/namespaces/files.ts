// The namespace `files`: archetypes and robots from files, and importers.
export {
  readAsset3D,
  readAssetAudio,
  readAssetVideo,
  readEncodedDepthImage,
  readEncodedImage,
} from "../file/read-assets.ts";
export { runImporter, type ImporterFile, type ImporterOptions } from "../script/run-importer.ts";
export { readUrdf } from "../file/read-urdf.ts";
export { readGaussianSplats3D, readPoints2D, readPoints3D } from "../file/read-ply-file.ts";
export type * from "@rerun-ts/types/file-types";
export {
  gaussianSplats3DFromPly,
  guessMediaType,
  loadUrdf,
  points2DFromPly,
  points3DFromPly,
  readFrameTimestamps,
} from "@rerun-ts/types";
