import { NumberColumn } from "../../columns/number-column.ts";
import type { StructColumn } from "../../columns/nested-columns.ts";
import {
  component,
  instanceLists,
  numberData,
  onePerRow,
  texts,
  vectorData,
  type ComponentData,
} from "../component-data.ts";
import { coordinateFrames } from "../coordinate-frames.ts";
import { mapCameras, mapCompressedVideos, mapFoxgloveCompressedImages, mapImages } from "../images.ts";
import { findField, floatsOf, messageAt, messagesAt, numberList, textsAt, timesAt } from "../message-fields.ts";
import type { MappedRows, Mapping } from "../mapping.ts";
import { latLon, messagesOfItems } from "../ros/places.ts";
import { inRows, packColor, poseComponents, setRows, vectorComponent } from "./foxglove-rows.ts";
import { mapPointClouds } from "./point-clouds.ts";
import { mapVoxelGrids } from "./voxel-grids.ts";

const XYZ = ["x", "y", "z"];
const XYZW = ["x", "y", "z", "w"];

/** The messages of Foxglove that become archetypes. */
export const FOXGLOVE_MAPPINGS: Readonly<Record<string, Mapping>> = {
  "foxglove.PointCloud": mapPointClouds,
  "foxglove.CompressedImage": mapFoxgloveCompressedImages,
  "foxglove.CompressedVideo": mapCompressedVideos,
  "foxglove.RawImage": mapImages(false),
  "foxglove.CameraCalibration": mapCameras,
  "foxglove.FrameTransform": (messages) => [{ components: transformComponents(messages) }],
  "foxglove.FrameTransforms": eachOf("transforms", transformComponents),
  "foxglove.Log": (messages) => [{ components: logComponents(messages) }],
  "foxglove.LocationFix": (messages) => [{ components: fixComponents(messages) }],
  "foxglove.LocationFixes": eachOf("fixes", fixComponents),
  "foxglove.PoseInFrame": (messages) => [
    { components: [...poseComponents(messages, "pose", "InstancePoses3D"), coordinateFrames(messages)] },
  ],
  "foxglove.PosesInFrame": (messages) => [{ components: posesComponents(messages) }],
  "foxglove.VoxelGrid": mapVoxelGrids,
};

/** A mapping of messages in a list: a row for each of them, at its own time. */
function eachOf(path: string, componentsOf: (items: StructColumn) => ComponentData[]): Mapping {
  return (messages): MappedRows[] => {
    const { offsets, items } = messagesAt(messages, path);
    if (items.length === 0) return [];
    return [
      { messages: messagesOfItems(offsets), times: timesAt(items, "timestamp"), components: componentsOf(items) },
    ];
  };
}

function transformComponents(messages: StructColumn): ComponentData[] {
  const [parents, children] = [textsAt(messages, "parent_frame_id"), textsAt(messages, "child_frame_id")];
  return [
    component("Transform3D:parent_frame", "TransformFrameId", onePerRow(parents.toData())),
    component("Transform3D:child_frame", "TransformFrameId", onePerRow(children.toData())),
    ...vectorComponent(messages, "translation", XYZ, ["Transform3D:translation", "Translation3D"]),
    ...vectorComponent(messages, "rotation", XYZW, ["Transform3D:quaternion", "RotationQuat"]),
  ];
}

/** The levels of `foxglove.Log`. 0 is unknown. */
const LEVELS = [undefined, "DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"];

function logComponents(messages: StructColumn): ComponentData[] {
  const path = findField(messages, "level") instanceof NumberColumn ? "level" : "level.value";
  const levels = numberList(messages, path).map((level) => LEVELS[level]);
  const rows = [...levels.keys()].filter((row) => levels[row] !== undefined);
  const known = inRows(texts(levels.filter((level) => level !== undefined)), rows, levels.length);
  return [
    component("TextLog:text", "Text", onePerRow(textsAt(messages, "message").toData())),
    ...(rows.length === 0 ? [] : [component("TextLog:level", "TextLogLevel", known)]),
  ];
}

function fixComponents(messages: StructColumn): ComponentData[] {
  const positions = component("GeoPoints:positions", "LatLon", onePerRow(vectorData(latLon(messages), 2)));
  const hasColor = findField(messages, "color") !== undefined;
  const rows = hasColor ? setRows(messages, "color") : [];
  if (rows.length === 0) return [positions, coordinateFrames(messages)];
  const channels = ["r", "g", "b", "a"].map((name) => numberList(messageAt(messages, "color"), name));
  const colors = rows.map((row) => packColor(channels.map((values) => values[row] as number)));
  const lists = inRows(numberData("uint32", colors), rows, messages.length);
  return [positions, component("GeoPoints:colors", "Color", lists), coordinateFrames(messages)];
}

/** Poses in a list, as one instance each. Missing parts become the identity. */
function posesComponents(messages: StructColumn): ComponentData[] {
  const { offsets, items } = messagesAt(messages, "poses");
  const frames = coordinateFrames(messages);
  if (items.length === 0) return [frames];
  const translations = vectorData(floatsOf(items, "position", ...XYZ), 3);
  const turns = floatsOf(items, "orientation", ...XYZW);
  const set = new Set(setRows(items, "orientation"));
  for (let item = 0; item < items.length; item++) if (!set.has(item)) turns[item * 4 + 3] = 1;
  return [
    component("InstancePoses3D:translations", "Translation3D", instanceLists(offsets, translations)),
    component("InstancePoses3D:quaternions", "RotationQuat", instanceLists(offsets, vectorData(turns, 4))),
    frames,
  ];
}
