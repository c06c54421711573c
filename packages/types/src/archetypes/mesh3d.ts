import { InvalidValueError, describeValue } from "@rerun-ts/core/internal";
import type { FieldValues } from "../define/archetype.ts";
import { Mesh3D as Generated, type Mesh3DFields } from "../gen/archetypes/mesh3d.ts";
import type { Vec3sLike } from "../codecs/vectors.ts";
import { expandRaster, type RasterLike } from "../ext/raster.ts";

/** Options of {@link Mesh3D}. */
export interface Mesh3DOptions extends Omit<Mesh3DFields, "vertexPositions"> {
  /** Where the vertices are, in scene units. */
  vertexPositions: Vec3sLike | null;
  /** The texture that `vertexTexcoords` refer to: RGB or RGBA. */
  albedoTexture?: RasterLike | null | undefined;
}

/** One attribute of a geometry: numbers one after the other. */
export interface GeometryAttribute {
  readonly array: ArrayLike<number>;
  /** How many numbers each vertex has. */
  readonly itemSize: number;
}

/** A mesh in the form of three.js: a `BufferGeometry`, for example. */
export interface GeometryLike {
  readonly attributes: {
    readonly position: GeometryAttribute;
    readonly normal?: GeometryAttribute | undefined;
    readonly uv?: GeometryAttribute | undefined;
  };
  /** The triangles. Default: every three vertices are one. */
  readonly index?: GeometryAttribute | null | undefined;
}

/**
 * A mesh in 3D space: vertices, the triangles between them, and their appearance.
 *
 * @example
 * rec.log("roof", new rr.Mesh3D({ vertexPositions: [[0, 0, 0], [1, 0, 0], [0, 1, 0]], albedoFactor: "tomato" }));
 */
export class Mesh3D extends Generated<Mesh3DOptions> {
  /** Creates a mesh from a geometry of three.js; `options` add to it or replace parts of it. */
  static fromGeometry(geometry: GeometryLike, options?: Partial<Mesh3DOptions>): Mesh3D {
    const { position, normal, uv } = geometry.attributes;
    const fields = {
      vertexPositions: position.array,
      triangleIndices: geometry.index?.array,
      vertexNormals: normal?.array,
      vertexTexcoords: uv?.array,
    };
    return new Mesh3D({ ...fields, ...options });
  }

  protected override expand(options: FieldValues): FieldValues {
    if (options.albedoTexture === undefined) return options;
    const { albedoTexture, ...fields } = options;
    if (fields.albedoTextureBuffer !== undefined || fields.albedoTextureFormat !== undefined) {
      const expected = "given without `albedoTextureBuffer` and `albedoTextureFormat`";
      throw new InvalidValueError(expected, describeValue(albedoTexture), false, "Mesh3D.albedoTexture");
    }
    const { buffer, format } = expandRaster(albedoTexture, "Mesh3D.albedoTexture");
    const model = (format as { readonly colorModel?: string } | null)?.colorModel;
    if (format !== null && model !== "RGB" && model !== "RGBA") {
      throw new InvalidValueError("RGB or RGBA", model ?? "a pixel format", true, "Mesh3D.albedoTexture");
    }
    return { ...fields, albedoTextureBuffer: buffer, albedoTextureFormat: format };
  }
}
