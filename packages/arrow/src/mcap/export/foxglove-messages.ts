import { ENCODINGS, type PixelLayout } from "../mapping/image-formats.ts";
import { CODECS } from "../mapping/images.ts";
import type { ChunkRows } from "./chunk-rows.ts";
import type { FOXGLOVE_SCHEMAS } from "./foxglove-schemas.ts";

/** A message of Foxglove: its name, and its fields in the form for `create` of protobuf. */
export interface FoxgloveMessage {
  readonly schema: keyof typeof FOXGLOVE_SCHEMAS;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Facts about an entity that its messages need. */
export interface RowContext {
  /** The frame of the entity. */
  readonly frame: string;
  /** The path of the entity. */
  readonly entityPath: string;
  /** The codec of the entity's video, which may be static. */
  readonly codec: number | undefined;
}

/** Turns a row into a message, which contains the data of `components`. */
export interface RowExport {
  readonly components: readonly string[];
  message(rows: ChunkRows, row: number, context: RowContext): FoxgloveMessage | undefined;
}

const [UINT8, FLOAT32] = [1, 7];
const [POSITION_BYTES, COLOR_BYTES] = [12, 4];

const points: RowExport = {
  components: ["Points3D:positions", "Points3D:colors"],
  message(rows, row, { frame }) {
    const positions = rows.numbers("Points3D:positions", row);
    if (positions === undefined) return undefined;
    const colors = rows.numbers("Points3D:colors", row);
    const count = positions.length / 3;
    const pointStride = POSITION_BYTES + (colors === undefined ? 0 : COLOR_BYTES);
    const data = new Uint8Array(count * pointStride);
    const view = new DataView(data.buffer);
    for (let point = 0; point < count; point++) {
      for (let axis = 0; axis < 3; axis++)
        view.setFloat32(point * pointStride + axis * 4, positions[point * 3 + axis] as number, true);
      if (colors === undefined) continue;
      // As in Rerun, the last colour applies to all points without one.
      const color = colors[Math.min(point, colors.length - 1)] as number;
      view.setUint32(point * pointStride + POSITION_BYTES, color);
    }
    const fields = [
      ...["x", "y", "z"].map((name, axis) => ({ name, offset: axis * 4, type: FLOAT32 })),
      ...(colors === undefined ? [] : ["red", "green", "blue", "alpha"]).map((name, channel) => ({
        name,
        offset: POSITION_BYTES + channel,
        type: UINT8,
      })),
    ];
    const pose = { position: {}, orientation: { w: 1 } };
    return { schema: "foxglove.PointCloud", fields: { frameId: frame, pose, pointStride, fields, data } };
  },
};

function rawImage(archetype: "Image" | "DepthImage"): RowExport {
  const [buffer, format] = [`${archetype}:buffer`, `${archetype}:format`];
  return {
    components: [buffer, format],
    message(rows, row, { frame }) {
      const pixels = rows.bytes(buffer, row);
      const [width, height] = [rows.field(format, row, "width"), rows.field(format, row, "height")];
      const named = encodingOf(rows, format, row, archetype === "DepthImage");
      if (pixels === undefined || width === undefined || height === undefined || named === undefined) return undefined;
      const [encoding, { pixelBytes }] = named;
      const fields = { frameId: frame, width, height, encoding, step: width * pixelBytes, data: pixels };
      return { schema: "foxglove.RawImage", fields };
    },
  };
}

/** The name of a pixel layout. Numbers of one channel are depths or greys. */
function encodingOf(
  rows: ChunkRows,
  format: string,
  row: number,
  isDepth: boolean,
): readonly [name: string, layout: PixelLayout] | undefined {
  const pixelFormat = rows.field(format, row, "pixel_format");
  const colorModel = rows.field(format, row, "color_model");
  const datatype = rows.field(format, row, "channel_datatype");
  const isSame = (layout: PixelLayout): boolean => {
    if (pixelFormat !== undefined) return layout.pixelFormat === pixelFormat;
    if (isDepth) return layout.pixelFormat === undefined && layout.isDepth === true && layout.datatype === datatype;
    return layout.pixelFormat === undefined && layout.colorModel === colorModel && layout.datatype === datatype;
  };
  const all = Object.entries(ENCODINGS);
  // Depth images prefer encodings without a colour in their names.
  const preferred = isDepth ? all.filter(([name]) => !name.startsWith("mono")) : all;
  return preferred.find(([, layout]) => isSame(layout));
}

const encodedImage: RowExport = {
  components: ["EncodedImage:blob", "EncodedImage:media_type"],
  message(rows, row, { frame }) {
    const data = rows.bytes("EncodedImage:blob", row);
    if (data === undefined) return undefined;
    const mediaType = rows.text("EncodedImage:media_type", row);
    const format = mediaType?.replace(/^image\//, "") ?? (data[0] === 0x89 ? "png" : "jpeg");
    return { schema: "foxglove.CompressedImage", fields: { frameId: frame, data, format } };
  },
};

const video: RowExport = {
  components: ["VideoStream:sample", "VideoStream:codec", "VideoStream:is_keyframe"],
  message(rows, row, { frame, codec }) {
    const data = rows.bytes("VideoStream:sample", row);
    const format = Object.keys(CODECS).find((name) => CODECS[name] === codec);
    if (data === undefined || format === undefined) return undefined;
    return { schema: "foxglove.CompressedVideo", fields: { frameId: frame, data, format } };
  },
};

const transform: RowExport = {
  components: [
    "Transform3D:translation",
    "Transform3D:quaternion",
    "Transform3D:parent_frame",
    "Transform3D:child_frame",
  ],
  message(rows, row, { entityPath }) {
    const translation = rows.numbers("Transform3D:translation", row);
    const quaternion = rows.numbers("Transform3D:quaternion", row);
    if (translation === undefined && quaternion === undefined) return undefined;
    const [x = 0, y = 0, z = 0] = Array.from(translation ?? []);
    const [i = 0, j = 0, k = 0, w = 1] = Array.from(quaternion ?? []);
    return {
      schema: "foxglove.FrameTransform",
      fields: {
        parentFrameId: rows.text("Transform3D:parent_frame", row) ?? parentOf(entityPath),
        childFrameId: rows.text("Transform3D:child_frame", row) ?? entityPath,
        translation: { x, y, z },
        rotation: { x: i, y: j, z: k, w },
      },
    };
  },
};

function parentOf(entityPath: string): string {
  return entityPath.slice(0, entityPath.lastIndexOf("/")) || "/";
}

const LEVELS = ["UNKNOWN", "DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"];

const log: RowExport = {
  components: ["TextLog:text", "TextLog:level", "TextLog:color"],
  message(rows, row, { entityPath }) {
    const message = rows.text("TextLog:text", row);
    if (message === undefined) return undefined;
    const name = rows.text("TextLog:level", row) ?? "";
    const level = Math.max(0, LEVELS.indexOf(name === "TRACE" ? "DEBUG" : name));
    return { schema: "foxglove.Log", fields: { level, message, name: entityPath } };
  },
};

/** All exports to messages of Foxglove. */
export const ROW_EXPORTS: readonly RowExport[] = [
  points,
  rawImage("Image"),
  rawImage("DepthImage"),
  encodedImage,
  video,
  transform,
  log,
];
