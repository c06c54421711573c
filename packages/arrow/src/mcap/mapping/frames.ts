import type { BytesColumn } from "../columns/leaf-columns.ts";
import type { StructColumn } from "../columns/nested-columns.ts";
import { component, onePerRow, texts, type ComponentData } from "./component-data.ts";
import { findField, textsAt } from "./message-fields.ts";

/** Name of the frame of a camera's image plane. */
export const IMAGE_PLANE = "_image_plane";

/** The frame ids of messages, of ROS or of Foxglove. */
export function frameIds(messages: StructColumn, suffix = ""): string[] {
  const column = frameColumn(messages);
  return Array.from({ length: messages.length }, (_, row) => {
    const id = column.textAt(row);
    return id === "" ? id : id + suffix;
  });
}

/** The coordinate frames of messages. */
export function coordinateFrames(messages: StructColumn, suffix?: string): ComponentData {
  const ids = suffix === undefined ? frameColumn(messages).toData() : texts(frameIds(messages, suffix));
  return component("CoordinateFrame:frame", "TransformFrameId", onePerRow(ids));
}

function frameColumn(messages: StructColumn): BytesColumn {
  return textsAt(messages, findField(messages, "header.frame_id") === undefined ? "frame_id" : "header.frame_id");
}
