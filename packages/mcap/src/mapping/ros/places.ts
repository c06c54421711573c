import type { StructColumn } from "../../columns/nested-columns.ts";
import { component, onePerRow, ownComponent, vectorData } from "../component-data.ts";
import { coordinateFrames } from "../coordinate-frames.ts";
import { findField, floatsOf, messageAt, messagesAt, numbersAt, textsAt } from "../message-fields.ts";
import type { MappedRows } from "../mapping.ts";

/** `tf2_msgs/msg/TFMessage`: a row for each transform. */
export function mapTransforms(messages: StructColumn): MappedRows[] {
  const { offsets, items } = messagesAt(messages, "transforms");
  const parents = textsAt(items, "header.frame_id");
  const children = textsAt(items, "child_frame_id");
  const transform = messageAt(items, "transform");
  return [
    {
      messages: messagesOfItems(offsets),
      components: [
        component("Transform3D:parent_frame", "TransformFrameId", onePerRow(parents.toData())),
        component("Transform3D:child_frame", "TransformFrameId", onePerRow(children.toData())),
        component("Transform3D:translation", "Translation3D", onePerRow(vectorData(xyz(transform, "translation"), 3))),
        component("Transform3D:quaternion", "RotationQuat", onePerRow(vectorData(xyzw(transform, "rotation"), 4))),
      ],
    },
  ];
}

/** The message of each item of lists. */
export function messagesOfItems(offsets: Int32Array): Int32Array {
  const count = offsets[offsets.length - 1] as number;
  const rows = new Int32Array(count);
  for (let row = 0; row + 1 < offsets.length; row++) rows.fill(row, offsets[row], offsets[row + 1]);
  return rows;
}

/** `geometry_msgs/msg/PoseStamped`. */
export function mapPose(messages: StructColumn): MappedRows[] {
  const translations = onePerRow(vectorData(xyz(messages, "pose.position"), 3));
  const quaternions = onePerRow(vectorData(xyzw(messages, "pose.orientation"), 4));
  return [
    {
      components: [
        component("InstancePoses3D:translations", "Translation3D", translations),
        component("InstancePoses3D:quaternions", "RotationQuat", quaternions),
        coordinateFrames(messages),
      ],
    },
  ];
}

/** `sensor_msgs/msg/NavSatFix`. */
export function mapNavSatFix(messages: StructColumn): MappedRows[] {
  const positions = latLon(messages);
  const altitude = findField(messages, "altitude");
  const own = "sensor_msgs.msg.NavSatFix";
  return [
    {
      components: [
        component("GeoPoints:positions", "LatLon", onePerRow(vectorData(positions, 2))),
        ...(altitude === undefined ? [] : [ownComponent(own, "altitude", onePerRow(altitude.toData()))]),
        coordinateFrames(messages),
      ],
    },
  ];
}

/** `sensor_msgs/msg/MagneticField`. */
export function mapMagneticField(messages: StructColumn): MappedRows[] {
  const lists = onePerRow(vectorData(xyz(messages, "magnetic_field"), 3));
  return [{ components: [component("Arrows3D:vectors", "Vector3D", lists), coordinateFrames(messages)] }];
}

/** Latitudes and longitudes of messages. */
export function latLon(messages: StructColumn): Float64Array {
  const [latitudes, longitudes] = [numbersAt(messages, "latitude"), numbersAt(messages, "longitude")];
  const values = new Float64Array(messages.length * 2);
  for (let row = 0; row < messages.length; row++) {
    values[row * 2] = Number(latitudes[row]);
    values[row * 2 + 1] = Number(longitudes[row]);
  }
  return values;
}

/** Vectors of messages. */
export function xyz(messages: StructColumn, path: string): Float32Array {
  return floatsOf(messages, path, "x", "y", "z");
}

/** Quaternions of messages. */
export function xyzw(messages: StructColumn, path: string): Float32Array {
  return floatsOf(messages, path, "x", "y", "z", "w");
}
