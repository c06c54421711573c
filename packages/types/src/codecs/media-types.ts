/** A media type: a type that viewers know, or any other string. */
export type MediaTypeLike =
  | "text/plain"
  | "text/markdown"
  | "image/jpeg"
  | "image/png"
  | "application/rvl"
  | "model/gltf-binary"
  | "model/gltf+json"
  | "model/obj"
  | "model/stl"
  | "application/x-ply"
  | "video/mp4"
  | "audio/aac"
  | "audio/flac"
  | "audio/mp4"
  | "audio/mpeg"
  | "audio/ogg"
  | "audio/wav"
  | (string & {});

/** One media type, or a list of them. */
export type MediaTypesLike = MediaTypeLike | readonly MediaTypeLike[] | Iterable<MediaTypeLike>;
