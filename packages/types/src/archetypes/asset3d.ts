import type { FieldValues } from "../define/archetype.ts";
import { Asset3D as Generated, type Asset3DFields } from "../gen/archetypes/asset3d.ts";
import {
  contentsOfBlob,
  expandContents,
  type BlobWithType,
  type ContentsLike,
  type RawContents,
} from "../ext/contents.ts";

/** Options of {@link Asset3D}. */
export type Asset3DOptions = Omit<Asset3DFields, "blob" | "mediaType"> & (ContentsLike | RawContents);

/**
 * A 3D model file: glTF, GLB, OBJ, STL or PLY. With `InstancePoses3D` it is drawn once per pose.
 *
 * @example
 * const contents = new Uint8Array(await (await fetch("robot.glb")).arrayBuffer());
 * rec.log("robot", new rr.Asset3D({ contents }), { static: true });
 */
export class Asset3D extends Generated<Asset3DOptions> {
  /** Creates a model from a `Blob` or `File`. Its `type` becomes the media type, unless it is empty. */
  static async fromBlob(blob: BlobWithType, options?: Omit<Asset3DFields, "blob">): Promise<Asset3D> {
    return new Asset3D({ ...options, ...(await contentsOfBlob(blob, options?.mediaType)) });
  }

  protected override expand(options: FieldValues): FieldValues {
    return expandContents(options, "Asset3D");
  }
}
