/** How severe a line of a log is: one of Rerun's words, which viewers colour, or another one. */
export type TextLogLevelLike = "CRITICAL" | "ERROR" | "WARN" | "INFO" | "DEBUG" | "TRACE" | (string & {});

/** One level, or a list of them. */
export type TextLogLevelsLike = TextLogLevelLike | readonly TextLogLevelLike[] | Iterable<TextLogLevelLike>;

/** The kind of a content: one that viewers know, or another one. */
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
