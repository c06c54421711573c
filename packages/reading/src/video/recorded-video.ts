// Loaded on demand, because it needs the module of all archetypes.
import type { EntityPathLike } from "@rerun-ts/core";
import type { RecordedVideo } from "@rerun-ts/types/media";
import type { ChunkLoader } from "../store/chunk-loader.ts";
import type { StoreIndex } from "../store/store-index.ts";
import { recordedVideoFile } from "./recorded-video-file.ts";
import { recordedStream } from "./recorded-stream.ts";
import { SAMPLE } from "./video-components.ts";
import { videoWindow, type RecordedVideoOptions } from "./video-window.ts";

/** Finds the video of an entity, which is a `VideoStream`, or else an `AssetVideo`. */
export function recordedVideo(
  store: StoreIndex,
  loader: ChunkLoader,
  entityPath: EntityPathLike,
  options: RecordedVideoOptions,
): Promise<RecordedVideo> {
  const window = videoWindow(store, entityPath, options);
  const { timeline, chunks } = window;
  const isStream = chunks.some(({ components }) => components.has(SAMPLE));
  if (isStream && timeline !== undefined) return recordedStream(loader, { ...window, timeline }, options);
  return recordedVideoFile(loader, window, options);
}
