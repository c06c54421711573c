import { kindOf } from "@rerun-ts/core/integration";
import type { RasterLike } from "@rerun-ts/types";
import type { SceneTexture } from "./scene-like.ts";

/** The pixels of a texture as they were read, and everything that they depend on. */
interface CachedRaster {
  readonly image: unknown;
  readonly version: number;
  readonly flipY: boolean;
  readonly maxSize: number;
  readonly raster: RasterLike;
}

/** Textures that several materials use are read once. */
const cache = new WeakMap<SceneTexture, CachedRaster>();

/**
 * The pixels of a texture, scaled down to `maxSize`, with the row first that has the texture coordinate 0. `undefined`
 * if they cannot be read: images that have not loaded, images of other origins, compressed textures, videos.
 */
export function rasterOf(texture: SceneTexture, maxSize: number): RasterLike | undefined {
  const { image, version, flipY } = texture;
  const cached = cache.get(texture);
  const isSame = cached !== undefined && cached.image === image && cached.version === version;
  if (isSame && cached.flipY === flipY && cached.maxSize === maxSize) return cached.raster;
  const raster = readTexture(texture, maxSize);
  // Failures are not cached, because an image may become readable without a new version.
  if (raster !== undefined) cache.set(texture, { image, version, flipY, maxSize, raster });
  return raster;
}

/** Whether the image of a texture is available. An `<img>` is empty until it has loaded. */
export function isLoaded({ image }: SceneTexture): boolean {
  return typeof image === "object" && image !== null && !("complete" in image && image.complete !== true);
}

function readTexture(texture: SceneTexture, maxSize: number): RasterLike | undefined {
  if (!isLoaded(texture) || typeof OffscreenCanvas === "undefined") return undefined;
  const { image, flipY } = texture;
  const { width = 0, height = 0, data } = image as Partial<ImageData>;
  if (!(width > 0 && height > 0)) return undefined;
  if (data !== undefined && kindOf(image) !== "ImageData") return ofBytes(data, width, height);
  const factor = Math.min(1, maxSize / Math.max(width, height));
  const [columns, rows] = [Math.max(1, Math.round(width * factor)), Math.max(1, Math.round(height * factor))];
  const context = new OffscreenCanvas(columns, rows).getContext("2d");
  if (context === null) return undefined;
  // three.js flips such images for WebGL, so that their last row has the coordinate 0.
  if (flipY && kindOf(image) !== "ImageBitmap") context.setTransform(1, 0, 0, -1, 0, rows);
  try {
    context.drawImage(
      kindOf(image) === "ImageData" ? canvasOf(image as ImageData) : (image as CanvasImageSource),
      0,
      0,
      columns,
      rows,
    );
    return { data: context.getImageData(0, 0, columns, rows).data, width: columns, height: rows, colorModel: "RGBA" };
  } catch {
    return undefined;
  }
}

/** The pixels of a `DataTexture` of bytes. */
function ofBytes(data: unknown, width: number, height: number): RasterLike | undefined {
  const isBytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray;
  if (!isBytes || data.length !== width * height * 4) return undefined;
  return { data, width, height, colorModel: "RGBA" };
}

function canvasOf(image: ImageData): OffscreenCanvas {
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}
