import type { AsComponents } from "@rerun-ts/core";
import type { BlobLike } from "../codecs/blobs.ts";
import type { BlobWithType } from "../ext/contents.ts";
import { Asset3D, Boxes3D, Capsules3D, Cylinders3D, Ellipsoids3D } from "../gen/archetypes.ts";
import { guessMediaType } from "../media/media-type.ts";
import type { UrdfShape } from "./urdf-model.ts";

/** The contents of a mesh, or `undefined` if there is none. */
type Mesh = BlobLike | BlobWithType | undefined;

/** Finds the contents of a mesh by its `filename` in the URDF. */
export type ResolveMesh = (filename: string) => Mesh | Promise<Mesh>;

const WHITE = 0xffffffff;

/** The archetype for a shape. Throws if a mesh cannot be read. */
export async function archetypeOfShape(
  { geometry, rgba }: UrdfShape,
  resolveMesh: ResolveMesh | undefined,
): Promise<AsComponents> {
  const colors = rgba === undefined ? WHITE : packLinear(rgba);
  switch (geometry.shape) {
    case "box":
      return new Boxes3D({ halfSizes: [geometry.size.map((size) => size / 2)], colors });
    case "cylinder":
      return new Cylinders3D({ lengths: [geometry.length], radii: [geometry.radius], colors });
    case "capsule":
      return new Capsules3D({ lengths: [geometry.length], radii: [geometry.radius], colors });
    case "sphere":
      return new Ellipsoids3D({ halfSizes: [[geometry.radius, geometry.radius, geometry.radius]], colors });
    default:
      return meshOf(geometry.filename, rgba, resolveMesh);
  }
}

async function meshOf(
  filename: string,
  rgba: UrdfShape["rgba"],
  resolveMesh: ResolveMesh | undefined,
): Promise<Asset3D> {
  if (resolveMesh === undefined) throw new TypeError(`${filename} needs the option \`resolveMesh\``);
  const found = await resolveMesh(filename);
  if (found === undefined) throw new TypeError(`${filename} was not found`);
  const isBlob = typeof found === "object" && "arrayBuffer" in found;
  const contents = isBlob ? new Uint8Array(await found.arrayBuffer()) : found;
  const mediaType = guessMediaType(filename);
  return new Asset3D({
    contents,
    ...(mediaType !== undefined && { mediaType }),
    ...(rgba !== undefined && { albedoFactor: packLinear(rgba) }),
  });
}

/**
 * A colour in linear light as 0xRRGGBBAA in sRGB. Without opacity it is black, as in Rerun, whose importer rounds
 * transparent colours more coarsely.
 */
function packLinear([red = 0, green = 0, blue = 0, alpha = 1]: readonly number[]): number {
  if (alpha <= 0) return 0;
  const [r, g, b] = [red, green, blue].map(toSrgb) as [number, number, number];
  return ((r * 256 + g) * 256 + b) * 256 + Math.round(255 * Math.min(1, alpha));
}

/** Source: IEC 61966-2-1. */
function toSrgb(linear: number): number {
  if (linear <= 0) return 0;
  const value = linear <= 0.0031308 ? linear * 12.92 : 1.055 * Math.min(1, linear) ** (1 / 2.4) - 0.055;
  return Math.round(255 * value);
}
