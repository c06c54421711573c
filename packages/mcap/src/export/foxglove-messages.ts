import { encodedImage, rawImage, video } from "./image-messages.ts";
import { camera, places, POSE, poses, posesOf, transform } from "./pose-messages.ts";
import type { RowExport } from "./row-export.ts";

const [UINT8, FLOAT32] = [1, 7];
const POSITIONS = "Points3D:positions";
const [POSITION_BYTES, COLOR_BYTES] = [12, 4];

const points: RowExport = {
  name: "points",
  needs: POSITIONS,
  makes: [POSITIONS, "Points3D:colors", ...POSE],
  fills: [POSITIONS, "Points3D:colors", ...POSE],
  messages(rows, row, { frame }) {
    // No points also are a message, because readers show the points before them otherwise.
    const positions = rows.numbers(POSITIONS, row) ?? (rows.has(POSITIONS, row) ? [] : undefined);
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
    // Several poses are copies of the points, which Foxglove cannot show.
    const all = posesOf(rows, row);
    const pose = all.length === 1 ? all[0] : { position: {}, orientation: { w: 1 } };
    const lost = all.length > 1 ? POSE : undefined;
    return { schema: "foxglove.PointCloud", fields: [{ frameId: frame, pose, pointStride, fields, data }], lost };
  },
};

const LEVELS = ["UNKNOWN", "DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"];

const log: RowExport = {
  name: "log",
  makes: ["TextLog:text"],
  contains: ["TextLog:level"],
  messages(rows, row, { entityPath }) {
    const message = rows.text("TextLog:text", row);
    if (message === undefined) return undefined;
    const name = rows.text("TextLog:level", row);
    const level = name === undefined ? 0 : LEVELS.indexOf(name === "TRACE" ? "DEBUG" : name);
    const fields = { level: Math.max(0, level), message, name: entityPath };
    return { schema: "foxglove.Log", fields: [fields], lost: level < 0 ? ["TextLog:level"] : undefined };
  },
};

/** All exports to messages of Foxglove. */
export const ROW_EXPORTS: readonly RowExport[] = [
  points,
  rawImage("Image"),
  rawImage("DepthImage"),
  encodedImage,
  video,
  camera,
  places,
  log,
  poses,
  transform,
];
