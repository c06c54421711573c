import type { AsComponents, ComponentColumnList, EntityPathLike, RecordingStream } from "@rerun-ts/core";
import { rawOf } from "@rerun-ts/core/checks";
import { toEntityPath } from "@rerun-ts/core/encode";
import { VideoStream } from "../archetypes/video-stream.ts";

/**
 * An archetype in which functions of this SDK log images by themselves. A viewer shows all archetypes of an entity, one
 * over the other, so the one before is cleared when another one follows.
 */
export interface ShownImage {
  /** The fields that show the image, cleared. */
  cleared(): AsComponents;
  /** One row of them for `sendColumns`. */
  clearedColumns(): ComponentColumnList;
}

/** The frames of a `VideoStream`. Its codec is static. */
export const SHOWN_VIDEO: ShownImage = {
  cleared: () => VideoStream.fromFields({ sample: null, isKeyframe: null }),
  clearedColumns: () => VideoStream.columns({ sample: [], isKeyframe: [] }).partition([0]),
};

/** The last image of each entity, by recording. */
const imagesOf = new WeakMap<object, Map<string, ShownImage>>();

/** Notes what is logged to an entity next. Returns the image before, if that is of another archetype. */
export function replacedImage(
  recording: RecordingStream,
  path: EntityPathLike,
  next: ShownImage,
): ShownImage | undefined {
  const owner = rawOf(recording);
  let images = imagesOf.get(owner);
  if (images === undefined) imagesOf.set(owner, (images = new Map()));
  let entity: string;
  try {
    entity = String(toEntityPath(path).path);
  } catch {
    // The call that logs to the path reports it.
    return undefined;
  }
  const before = images.get(entity);
  images.set(entity, next);
  return before === next ? undefined : before;
}

/** The data for a row, which also clears the image before. */
export function replacingImage<Data extends AsComponents>(
  recording: RecordingStream,
  path: EntityPathLike,
  next: ShownImage,
  data: Data,
): Data | AsComponents[] {
  const before = replacedImage(recording, path, next);
  return before === undefined ? data : [data, before.cleared()];
}
