import type { FieldValues } from "../define/archetype.ts";
import type { DepthImageFields } from "../gen/archetypes/depth-image.ts";
import { expandPlane } from "./raster.ts";

/** Options of {@link DepthImage}. */
export type DepthImageOptions = Omit<DepthImageFields, "buffer" | "format">;

/** The picture becomes a buffer and its format. */
export function expandDepthImage({ image, ...fields }: FieldValues): FieldValues {
  return { ...expandPlane(image, "DepthImage"), ...fields };
}
