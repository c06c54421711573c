import type { AsComponents, ComponentColumnList } from "@rerun-ts/core";
import { Archetype, columnsOf, updateOf, type FieldValues, type FromFieldsOptions } from "../define/archetype.ts";
import { IMAGE, type ImageFields } from "../gen/archetypes/image.ts";
import { expandRaster, type RasterLike } from "./raster.ts";

/** Options of {@link Image}. */
export type ImageOptions = Omit<ImageFields, "buffer" | "format">;

/**
 * A picture: grey, with colours, or in one of the pixel formats of cameras and videos.
 *
 * @example
 * rec.log("camera", new rr.Image({ data: new Uint8Array(640 * 480 * 3), width: 640, height: 480 }));
 * @example
 * rec.log("canvas", new rr.Image(context.getImageData(0, 0, width, height)));
 */
export class Image extends Archetype {
  /** The archetype's full name. */
  static readonly archetype: string = IMAGE.archetype;

  /**
   * @param image values with width and height in pixels; the number of values tells grey (1 per pixel), RGB (3) and
   * RGBA (4), the kind of array the type of a value. `ImageData` and the output of sharp (`{ data, ...info }`) fit.
   */
  constructor(image: RasterLike | null, options?: ImageOptions) {
    super(IMAGE, undefined, { ...options, image });
  }

  /** Writes only the fields that are given: the others keep what was logged before. */
  static fromFields(fields: ImageFields, options?: FromFieldsOptions): AsComponents {
    return updateOf(IMAGE, fields, options);
  }

  /** Clears all fields. */
  static cleared(): AsComponents {
    return updateOf(IMAGE, {}, { clearUnset: true });
  }

  /** Columns for `sendColumns`: one instance per row unless partitioned. */
  static columns(fields: ImageFields): ComponentColumnList {
    return columnsOf(IMAGE, fields);
  }

  protected override expand({ image, ...fields }: FieldValues): FieldValues {
    return { ...expandRaster(image, "Image"), ...fields };
  }
}
