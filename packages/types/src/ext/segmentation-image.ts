import type { FieldValues } from "../define/archetype.ts";
import type { SegmentationImageFields } from "../gen/archetypes/segmentation-image.ts";
import { expandPlane } from "./raster.ts";

/** Options of {@link SegmentationImage}. */
export type SegmentationImageOptions = Omit<SegmentationImageFields, "buffer" | "format">;

/** The picture becomes a buffer and its format. */
export function expandSegmentationImage({ image, ...fields }: FieldValues): FieldValues {
  return { ...expandPlane(image, "SegmentationImage"), ...fields };
}
