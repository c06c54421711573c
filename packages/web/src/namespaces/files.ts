// The namespace `files`: archetypes and robots from files, and importers.
export type * from "@rerun-ts/types/file-types";
export {
  gaussianSplats3DFromPly,
  guessMediaType,
  loadUrdf,
  points2DFromPly,
  points3DFromPly,
  readFrameTimestamps,
} from "@rerun-ts/types";
