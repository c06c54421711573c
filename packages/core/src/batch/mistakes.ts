import { className } from "../describe-value.ts";

/** What someone who logs a value of this class most likely wanted. */
const MEANT: Readonly<Record<string, string>> = {
  HTMLImageElement: "Image",
  HTMLCanvasElement: "Image",
  OffscreenCanvas: "Image",
  ImageBitmap: "Image",
  ImageData: "Image",
  HTMLVideoElement: "Image",
  VideoFrame: "Image",
  Float32Array: "Points3D",
  Float64Array: "Scalars",
};

/** What `log` wants, with a guess at what was meant, for "must be …". */
export function describeMistake(data: unknown): string {
  const wanted = "an archetype or an array of archetypes";
  if (typeof data === "number") return `${wanted} (did you mean \`rr.Scalars\`?)`;
  if (typeof data === "string") return `${wanted} (did you mean \`rr.TextLog\`?)`;
  if (typeof data !== "object" || data === null) return wanted;
  const meant = MEANT[className(data)];
  return meant === undefined ? wanted : `${wanted} (did you mean \`rr.${meant}\`?)`;
}
