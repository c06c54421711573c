import type { FieldValues } from "../define/archetype.ts";
import type { ImageFields } from "../gen/archetypes/image.ts";
import { expandRaster } from "./raster.ts";

/** Options of {@link Image}. */
export type ImageOptions = Omit<ImageFields, "buffer" | "format">;

/** The picture becomes a buffer and its format. */
export function expandImage({ image, ...fields }: FieldValues): FieldValues {
  return { ...expandRaster(image, "Image"), ...fields };
}
