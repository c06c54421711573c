import { RerunError } from "@rerun-ts/core";
import type { FieldValues } from "../define/archetype.ts";
import { DepthImage as Generated, type DepthImageFields } from "../gen/archetypes/depth-image.ts";
import { EncodedDepthImage } from "../gen/archetypes/encoded-depth-image.ts";
import type { ImageFormatLike } from "../gen/encodings/image-format.ts";
import { toBytes } from "../codecs/blobs.ts";
import { encodeGrayPng } from "../media/gray-png.ts";
import { expandPlane } from "../ext/raster.ts";

/** Options of {@link DepthImage}. */
export type DepthImageOptions = Omit<DepthImageFields, "buffer" | "format">;

/**
 * An image of distances. Below a `Pinhole`, 3D views show it as a point cloud.
 *
 * @example
 * rec.log("depth", new rr.DepthImage({ data: new Uint16Array(640 * 480), width: 640, height: 480 }, { meter: 1000 }));
 */
export class DepthImage extends Generated<DepthImageOptions> {
  /**
   * The same depths as a PNG: lossless, smaller, with the same options.
   *
   * @throws {RerunError} `UNSUPPORTED` if the depths are not integers of 8 or 16 bits
   */
  async compress(): Promise<EncodedDepthImage> {
    const { buffer, format, ...fields } = this.values;
    const { width, height, channelDatatype } = (format ?? {}) as ImageFormatLike;
    if (channelDatatype !== "U8" && channelDatatype !== "U16")
      throw new RerunError("UNSUPPORTED", "only depth images of the types U8 and U16 can become a PNG");
    const bytes = toBytes(buffer);
    const values = channelDatatype === "U8" ? bytes : new Uint16Array(bytes.slice().buffer);
    return new EncodedDepthImage(await encodeGrayPng(values, width, height), { ...fields, mediaType: "image/png" });
  }

  protected override expand({ image, ...fields }: FieldValues): FieldValues {
    return { ...expandPlane(image, "DepthImage", this.optionNames), ...fields };
  }
}
