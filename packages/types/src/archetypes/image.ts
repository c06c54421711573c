import { RerunError } from "@rerun-ts/core";
import { checkOptions, withRerunErrors } from "@rerun-ts/core/checks";
import type { FieldValues } from "../define/archetype.ts";
import { Image as Generated, type ImageFields } from "../gen/archetypes/image.ts";
import type { ImageFormatLike } from "../gen/encodings/image-format.ts";
import { toBytes } from "../codecs/blobs.ts";
import { encodeJpeg, type Pixels } from "../media/jpeg.ts";
import { EncodedImage } from "./encoded-image.ts";
import { expandRaster } from "../ext/raster.ts";

/** Options of {@link Image}. */
export type ImageOptions = Omit<ImageFields, "buffer" | "format">;

/** Options of {@link Image.compress}. */
export interface CompressOptions {
  /** From 0 to 100. Default 95. */
  jpegQuality?: number | undefined;
}

/** The positions of red, green and blue in the pixels that a JPEG can hold. */
const OFFSETS: Readonly<Record<string, Pick<Pixels, "offsets" | "channels">>> = {
  L: { offsets: [0, 0, 0], channels: 1 },
  RGB: { offsets: [0, 1, 2], channels: 3 },
  BGR: { offsets: [2, 1, 0], channels: 3 },
  // Without transparency, as `ImageData` of pages mostly has it.
  RGBA: { offsets: [0, 1, 2], channels: 4 },
  BGRA: { offsets: [2, 1, 0], channels: 4 },
};

/**
 * An image: greyscale, in colour, or in one of the pixel formats of cameras and videos.
 *
 * @example
 * rec.log("camera", new rr.Image({ data: new Uint8Array(640 * 480 * 3), width: 640, height: 480 }));
 * @example
 * rec.log("canvas", new rr.Image(context.getImageData(0, 0, width, height)));
 */
export class Image extends Generated<ImageOptions> {
  /**
   * The same image as a JPEG, which is much smaller, with the same options. Works for greyscale, RGB and BGR with 8
   * bits per channel, and for RGBA and BGRA without transparency. Browsers use a canvas. Node needs the package
   * `sharp`.
   *
   * @throws {RerunError} `UNSUPPORTED` for other images, or without a JPEG encoder
   */
  compress(options?: CompressOptions): Promise<EncodedImage> {
    return withRerunErrors(async () => {
      checkOptions("compress", options, { jpegQuality: 1 });
      return compressed(this.values, options?.jpegQuality ?? 95);
    });
  }

  protected override expand({ image, ...fields }: FieldValues): FieldValues {
    return { ...expandRaster(image, "Image", this.optionNames), ...fields };
  }
}

async function compressed(values: FieldValues, jpegQuality: number): Promise<EncodedImage> {
  const { buffer, format, ...fields } = values;
  const { width, height, colorModel, channelDatatype } = (format ?? {}) as ImageFormatLike;
  const layout = OFFSETS[typeof colorModel === "string" ? colorModel : ""];
  if (layout === undefined || channelDatatype !== "U8") {
    throw new RerunError(
      "UNSUPPORTED",
      "only images with 8 bits per channel and the colour model L, RGB, BGR, RGBA or BGRA can become a JPEG",
    );
  }
  const data = toBytes(buffer);
  if (layout.channels === 4 && !isOpaque(data))
    throw new RerunError(
      "UNSUPPORTED",
      "an image with transparent pixels cannot become a JPEG, which has no alpha channel",
    );
  const contents = await encodeJpeg({ ...layout, data, width, height }, jpegQuality);
  return new EncodedImage({ ...fields, contents, mediaType: "image/jpeg" });
}

function isOpaque(rgba: Uint8Array): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 255) return false;
  return true;
}
