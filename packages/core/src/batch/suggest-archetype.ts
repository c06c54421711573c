import { className } from "../checks/describe-value.ts";

/** The archetype that users most likely meant by a value of each class. */
const SUGGESTIONS: Readonly<Record<string, string>> = {
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

/** The values that `log` accepts, with a suggestion for this one, as it reads after "must be". */
export function describeNotLoggable(data: unknown): string {
  const expected = "an archetype or an array of archetypes";
  if (typeof data === "number") return `${expected} (did you mean \`rr.Scalars\`?)`;
  if (typeof data === "string") return `${expected} (did you mean \`rr.TextLog\`?)`;
  // The name of the class is another one in minified programs.
  if (typeof data === "function" && "archetype" in data)
    return `${expected} (did you mean \`new ${(data.archetype as string).replace(/.*\./, "rr.")}\`?)`;
  if (typeof data !== "object" || data === null) return expected;
  const suggestion = SUGGESTIONS[className(data)];
  return suggestion === undefined ? expected : `${expected} (did you mean \`rr.${suggestion}\`?)`;
}
