import { InvalidValueError, problemWith } from "@rerun-ts/core/checks";
import type { FieldValues } from "../define/archetype.ts";
import { Mesh3D as Generated, type Mesh3DFields } from "../gen/archetypes/mesh3d.ts";
import type { Vec3sLike } from "../codecs/vectors.ts";
import { readGeometry, type GeometryLike } from "../ext/geometry.ts";
export type { GeometryAttribute, GeometryLike } from "../ext/geometry.ts";
import { expandRaster, type RasterLike } from "../ext/raster.ts";

/** Options of {@link Mesh3D}. */
export interface Mesh3DOptions extends Omit<Mesh3DFields, "vertexPositions"> {
  /** Positions of the vertices, in scene units. */
  vertexPositions: Vec3sLike | null;
  /** The texture that `vertexTexcoords` refer to: RGB or RGBA. */
  albedoTexture?: RasterLike | null | undefined;
}

/**
 * A mesh in 3D space: vertices, the triangles between them, and their appearance.
 *
 * @example
 * rec.log("roof", new rr.Mesh3D({ vertexPositions: [[0, 0, 0], [1, 0, 0], [0, 1, 0]], albedoFactor: "tomato" }));
 */
export class Mesh3D extends Generated<Mesh3DOptions> {
  /** Read when the mesh is logged, because errors can be reported then. */
  private _geometry: GeometryLike | undefined;
  /** Options besides the geometry. */
  private _more: Partial<Mesh3DOptions> | undefined;

  /**
   * Creates a mesh from a geometry of three.js: positions, normals, texture coordinates, triangles and the colours of
   * vertices, which three.js holds in linear light. `options` add to it or replace parts of it.
   */
  static fromGeometry(geometry: GeometryLike, options?: Partial<Mesh3DOptions>): Mesh3D {
    const mesh = new Mesh3D({ vertexPositions: null, ...options });
    mesh._geometry = geometry;
    mesh._more = options;
    return mesh;
  }

  protected override expand(given: FieldValues): FieldValues {
    const options = this._geometry === undefined ? given : { ...given, ...fieldsOf(this._geometry), ...this._more };
    if (options.albedoTexture === undefined) return options;
    const { albedoTexture, ...fields } = options;
    if (fields.albedoTextureBuffer !== undefined || fields.albedoTextureFormat !== undefined) {
      const problem = "cannot be combined with `albedoTextureBuffer` or `albedoTextureFormat`";
      throw problemWith("Mesh3D.albedoTexture", problem);
    }
    const { buffer, format } = expandRaster(albedoTexture, "Mesh3D.albedoTexture");
    const model = (format as { readonly colorModel?: string } | null)?.colorModel;
    if (format !== null && model !== "RGB" && model !== "RGBA") {
      throw new InvalidValueError("RGB or RGBA", model ?? "a pixel format", true, "Mesh3D.albedoTexture");
    }
    return { ...fields, albedoTextureBuffer: buffer, albedoTextureFormat: format };
  }
}

function fieldsOf(geometry: GeometryLike): FieldValues {
  const { positions, indices, normals, texcoords, colors } = readGeometry(geometry);
  return {
    vertexPositions: positions,
    triangleIndices: indices,
    vertexNormals: normals,
    vertexTexcoords: texcoords,
    vertexColors: colors,
  };
}
