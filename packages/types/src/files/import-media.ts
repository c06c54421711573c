import { TimeColumn, type AsComponents, type ColumnsInput } from "@rerun-ts/core";
import { internalsOf } from "@rerun-ts/core/recording";
import { AssetAudio, AssetVideo, VideoFrameReference } from "../gen/archetypes.ts";
import { guessMediaType } from "../media/media-type.ts";
import { readFrameTimestamps } from "../media/read-frame-timestamps.ts";
import type { ImportedFile } from "./imported-file.ts";

/** Logs a sound at time 0 of the timeline `audio`. */
export function importAudio(file: ImportedFile): void {
  const fields = { blob: file.bytes, mediaType: guessMediaType(`.${file.extension}`) };
  logAsset(file, "audio", new AssetAudio(fields), AssetAudio.columns(fields));
}

/** Logs a video at time 0 of the timeline `video`, and a reference to each frame at its time. */
export function importVideo(file: ImportedFile): void {
  const { recording, path, name, bytes } = file;
  logAsset(file, "video", AssetVideo.fromFields({ blob: bytes }), AssetVideo.columns({ blob: bytes }));
  let times: BigInt64Array;
  try {
    times = readFrameTimestamps(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    internalsOf(recording).notice(`${JSON.stringify(name)} is logged without its frames: ${error.message}`);
    return;
  }
  const references = VideoFrameReference.columns({ timestamp: times });
  recording.sendColumns(path, TimeColumn.duration("video", times), references);
}

/** @param columns the columns of `asset` */
function logAsset(file: ImportedFile, timeline: string, asset: AsComponents, columns: ColumnsInput): void {
  const { view, path, isStatic, isTimed } = file;
  const start = { duration: 0 };
  if (isStatic) view.log(path, asset, { static: true });
  else if (isTimed) view.at({ [timeline]: start }).log(path, asset);
  else view.sendColumns(path, TimeColumn.duration(timeline, [start.duration]), columns);
}
