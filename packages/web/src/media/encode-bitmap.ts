/** How a picture is stored: compressed as in these files, which viewers show (not WebP), or its pixels as they are. */
export type PictureEncoding = "jpeg" | "png" | "raw";

/** A picture to be encoded, and how. */
export interface EncodeRequest {
  readonly bitmap: ImageBitmap;
  readonly encoding: PictureEncoding;
  /** From 0 to 1. */
  readonly quality: number;
}

/** What came of it. */
export interface EncodedBitmap {
  /** A file, or the pixels as RGBA. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the file is, which may be another kind than was asked for; empty for pixels. */
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
}

/**
 * Encodes a picture, which is then given up. It refers to nothing outside of itself and has no functions in it, because
 * its text is what runs in a worker, however a bundler has changed the rest.
 */
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
