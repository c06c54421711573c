import type { Data } from "apache-arrow";
import type { BytesColumn } from "../columns/leaf-columns.ts";
import type { StructColumn } from "../columns/nested-columns.ts";
import { component, onePerRow, optional, texts, type ComponentData } from "./component-data.ts";
import { findField, textsAt } from "./message-fields.ts";

/** Name of the frame of a camera's image plane. */
export const IMAGE_PLANE = "_image_plane";

/** The frame ids of messages, of ROS or of Foxglove. */
export function frameIds(messages: StructColumn): string[] {
  const column = frameColumn(messages);
  return Array.from({ length: messages.length }, (_, row) => column.textAt(row));
}

/** Names of frames with a suffix. An empty frame gets no name, which all cameras without a frame would share. */
export function frameNames(frames: readonly string[], suffix = ""): Data {
  const named = frames.filter((frame) => frame !== "").map((frame) => frame + suffix);
  return optional(texts(named), (row) => frames[row] !== "", frames.length);
}

/** The coordinate frames of messages. */
export function coordinateFrames(messages: StructColumn, suffix?: string): ComponentData {
  const frames =
    suffix === undefined ? onePerRow(frameColumn(messages).toData()) : frameNames(frameIds(messages), suffix);
  return component("CoordinateFrame:frame", "TransformFrameId", frames);
}

function frameColumn(messages: StructColumn): BytesColumn {
  return textsAt(messages, findField(messages, "header.frame_id") === undefined ? "frame_id" : "header.frame_id");
}
