import { warnOfCompanions } from "./companions.ts";
import { decodeText } from "@rerun-ts/core/checks";
import { RerunError, type AsComponents } from "@rerun-ts/core";
import { Asset3D, EncodedDepthImage, EncodedImage, TextDocument } from "../gen/archetypes.ts";
import { guessMediaType } from "../media/media-type.ts";
import { importAudio, importVideo } from "./import-media.ts";
import { importRecording } from "./import-recording.ts";
import { importUrdf } from "./import-urdf.ts";
import type { ImportedFile, Importer } from "./imported-file.ts";
import { fromPly } from "./from-ply.ts";

/** Image files and their media types, as in Rerun's importer. */
const IMAGES: Readonly<Record<string, string | undefined>> = {
  avif: "image/avif",
  bmp: "image/bmp",
  dds: "image/vnd-ms.dds",
  exr: "image/x-exr",
  // Guessed from the bytes.
  farbfeld: undefined,
  ff: "application/octet-stream",
  gif: "image/gif",
  hdr: "image/vnd.radiance",
  ico: "image/x-icon",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  pam: "image/x-portable-anymap",
  pbm: "image/x-portable-anymap",
  pgm: "image/x-portable-anymap",
  png: "image/png",
  ppm: "image/x-portable-anymap",
  tga: "image/x-targa",
  tif: "image/tiff",
  tiff: "image/tiff",
  webp: "image/webp",
};
const SOUNDS = ["aac", "flac", "m4a", "mp3", "oga", "ogg", "opus", "wav"];
const MODELS = ["dae", "glb", "gltf", "obj", "stl"];
const TEXTS = ["md", "txt"];

/** The importer of each file extension. */
export const IMPORTERS: Readonly<Record<string, Importer>> = {
  ...importersOf(Object.keys(IMAGES), ({ bytes, extension }) => {
    return new EncodedImage({ contents: bytes, mediaType: IMAGES[extension] });
  }),
  ...importersOf(["rvl"], ({ bytes }) => new EncodedDepthImage(bytes, { mediaType: "application/rvl" })),
  ...importersOf(MODELS, (file) => {
    warnOfCompanions(file);
    return new Asset3D({ contents: file.bytes, mediaType: mediaTypeOf(file) });
  }),
  ...importersOf(["ply"], fromPly),
  ...importersOf(TEXTS, (file) => new TextDocument(readText(file), { mediaType: mediaTypeOf(file) })),
  ...Object.fromEntries(SOUNDS.map((extension) => [extension, importAudio])),
  mp4: importVideo,
  rrd: importRecording,
  rbl: importRecording,
  urdf: importUrdf,
};

/** Importers of files that become a single row. */
function importersOf(
  extensions: readonly string[],
  read: (file: ImportedFile) => AsComponents,
): Readonly<Record<string, Importer>> {
  const importFile: Importer = (file) =>
    file.view.log(file.path, read(file), file.isTimed ? undefined : { static: true });
  return Object.fromEntries(extensions.map((extension) => [extension, importFile]));
}

function mediaTypeOf({ extension }: ImportedFile): string | undefined {
  return guessMediaType(`.${extension}`);
}

function readText({ name, bytes }: ImportedFile): string {
  try {
    return decodeText(bytes, { fatal: true, ignoreBOM: true });
  } catch (error) {
    throw new RerunError("INVALID_FORMAT", `${JSON.stringify(name)} is not valid UTF-8`, {
      cause: error,
      argument: "contents",
    });
  }
}
