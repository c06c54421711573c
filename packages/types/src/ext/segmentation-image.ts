import type { FieldValues } from "../define/archetype.ts";
import type { SegmentationImageFields } from "../gen/fields/segmentation-image.ts";
import { expandPlane } from "./raster.ts";

/** Options of {@link SegmentationImage}. */
export type SegmentationImageOptions = Omit<SegmentationImageFields, "buffer" | "format">;

const OPTIONS: readonly (keyof SegmentationImageOptions)[] = ["opacity", "drawOrder"];

/** Converts the image to a buffer and its format. */
export function expandSegmentationImage({ image, ...fields }: FieldValues): FieldValues {
  return { ...expandPlane(image, "SegmentationImage", OPTIONS), ...fields };
}
