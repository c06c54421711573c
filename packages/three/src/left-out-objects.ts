import { kindOf } from "@rerun-ts/core/integration";
import type { SceneObject, SceneTexture } from "./scene-like.ts";
import { isLoaded } from "./texture-raster.ts";

/** The warning for an object that Rerun cannot show. `undefined` if the object can be shown, or shows nothing. */
export function leftOutOf(object: SceneObject): string | undefined {
  const { isBatchedMesh, isMesh, geometry } = object;
  if (isBatchedMesh === true) return "a `BatchedMesh` is left out; log its parts as `InstancedMesh` or `Mesh`";
  if (isMesh === true && geometry?.isInstancedBufferGeometry === true && !isFatLine(object))
    return "a mesh with an `InstancedBufferGeometry` is left out; use `InstancedMesh`";
  return undefined;
}

/** The warning for a texture that cannot be read. `undefined` if it can be, or may become readable. */
export function unreadableTexture(texture: SceneTexture): string | undefined {
  const { isCompressedTexture, isVideoTexture, isRenderTargetTexture } = texture;
  if (isCompressedTexture === true) return "a compressed texture is left out";
  if (isVideoTexture === true) return "the texture of a video is left out";
  if (isRenderTargetTexture === true) return "the texture of a render target is left out";
  if (!isLoaded(texture)) return undefined;
  const { data } = texture.image as { readonly data?: unknown };
  if (data === undefined || data === null || kindOf(texture.image) === "ImageData") return undefined;
  const isBytes = kindOf(data) === "Uint8Array" || kindOf(data) === "Uint8ClampedArray";
  const { width = 0, height = 0 } = texture.image as Partial<ImageData>;
  if (isBytes && (data as Uint8Array).length === width * height * 4) return undefined;
  return `a texture of ${kindOf(data)} is left out, because only bytes with four channels are read`;
}

/** Whether an object is a wide line: a `Line2` or a `LineSegments2`. */
export function isFatLine({ isLineSegments2, isLine2, geometry }: SceneObject): boolean {
  return (isLineSegments2 === true || isLine2 === true) && geometry?.attributes["instanceStart"] !== undefined;
}
