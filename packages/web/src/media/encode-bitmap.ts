/** The encoding of an image: a file format that viewers show (not WebP), or `"raw"` for uncompressed pixels. */
export type BitmapEncoding = "jpeg" | "png" | "raw";

/** An image to be encoded. */
export interface EncodeRequest {
  readonly bitmap: ImageBitmap;
  readonly encoding: BitmapEncoding;
  /** The quality of JPEG, from 0 to 1. */
  readonly quality: number;
}

/** An encoded image. */
export interface EncodedBitmap {
  /** The contents of an image file, or the pixels as RGBA. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /**
   * The media type of the file. It may differ from the requested one if the browser does not support that. Empty for
   * pixels.
   */
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
}

/** Encodes an image, and closes its bitmap. */
export async function encodeBitmap({ bitmap, encoding, quality }: EncodeRequest): Promise<EncodedBitmap> {
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: encoding === "raw" });
  if (context === null) throw new Error("this browser has no 2D canvas for workers");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  if (encoding === "raw") {
    const { data } = context.getImageData(0, 0, width, height);
    return { bytes: new Uint8Array(data.buffer), mediaType: "", width, height };
  }
  const blob = await canvas.convertToBlob({ type: `image/${encoding}`, quality });
  return { bytes: new Uint8Array(await blob.arrayBuffer()), mediaType: blob.type, width, height };
}
