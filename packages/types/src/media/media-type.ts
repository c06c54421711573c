import { invalidArgument } from "@rerun-ts/core/checks";

/** The media type of each file extension. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  gif: "image/gif",
  webp: "image/webp",
  bmp: "image/bmp",
  tif: "image/tiff",
  tiff: "image/tiff",
  rvl: "application/rvl",
  glb: "model/gltf-binary",
  gltf: "model/gltf+json",
  obj: "model/obj",
  stl: "model/stl",
  dae: "model/vnd.collada+xml",
  ply: "application/x-ply",
  mp4: "video/mp4",
  aac: "audio/aac",
  flac: "audio/flac",
  m4a: "audio/mp4",
  mp3: "audio/mpeg",
  oga: "audio/ogg",
  ogg: "audio/ogg",
  opus: "audio/ogg",
  wav: "audio/wav",
  txt: "text/plain",
  md: "text/markdown",
  rrd: "application/x-rerun",
  mcap: "application/x-mcap",
};

/** The signatures of media types: strings at offsets. The first match wins. */
const BY_BEGINNING: readonly (readonly [mediaType: string, ...marks: (readonly [offset: number, text: string])[]])[] = [
  ["model/gltf-binary", [0, "glTF"]],
  ["model/stl", [0, "solid"]],
  ["model/vnd.collada+xml", [0, "<COLLADA>"]],
  ["application/x-ply", [0, "ply\n"]],
  ["application/x-ply", [0, "ply\r\n"]],
  ["application/x-rerun", [0, "RRF"]],
  ["application/x-mcap", [0, "\x89MCAP0\r\n"]],
  ["audio/flac", [0, "fLaC"]],
  ["audio/wav", [0, "RIFF"], [8, "WAVE"]],
  ["image/webp", [0, "RIFF"], [8, "WEBP"]],
  ["audio/mp4", [4, "ftypM4A "]],
  ["video/mp4", [4, "ftyp"]],
  ["image/png", [0, "\x89PNG\r\n\x1a\n"]],
  ["image/jpeg", [0, "\xff\xd8\xff"]],
  ["image/gif", [0, "GIF8"]],
  ["image/bmp", [0, "BM"]],
  ["image/tiff", [0, "II*\0"]],
  ["image/tiff", [0, "MM\0*"]],
  ["audio/ogg", [0, "OggS"]],
  ["audio/mpeg", [0, "ID3"]],
  ["audio/aac", [0, "\xff\xf1"]],
  ["audio/aac", [0, "\xff\xf9"]],
  ["audio/mpeg", [0, "\xff\xfb"]],
  ["audio/mpeg", [0, "\xff\xf3"]],
  ["audio/mpeg", [0, "\xff\xf2"]],
];

/**
 * Guesses the media type of a file by its extension or first bytes. Returns `undefined` if neither is known.
 *
 * @throws {TypeError} for anything but a name or bytes
 * @example
 * rr.files.guessMediaType("scan.glb"); // "model/gltf-binary"
 */
export function guessMediaType(file: string | Uint8Array): string | undefined {
  if (typeof file === "string") {
    const extension = /\.([^./\\]+)$/.exec(file)?.[1]?.toLowerCase() ?? "";
    return Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined;
  }
  if (!ArrayBuffer.isView(file)) throw invalidArgument("file", "a name or a Uint8Array", file);
  return BY_BEGINNING.find(([, ...marks]) => marks.every((mark) => hasMark(file, mark)))?.[0];
}

/** Types that servers give to files that they do not know. */
const UNKNOWN: ReadonlySet<string> = new Set(["", "application/octet-stream", "binary/octet-stream"]);

/**
 * The media type that a blob or a response states, or `undefined` if it states none, or only a generic one such as
 * `application/octet-stream`.
 */
export function statedMediaType(type: string): string | undefined {
  const [essence = ""] = type.split(";");
  return UNKNOWN.has(essence.trim().toLowerCase()) ? undefined : type;
}

function hasMark(bytes: Uint8Array, [offset, text]: readonly [number, string]): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[offset + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
