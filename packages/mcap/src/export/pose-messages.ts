import type { ChunkRows } from "./chunk-rows.ts";
import { rigidTransform, type Mat3, type RotationXyzw, type Vec3 } from "./rigid-transform.ts";
import type { RowExport } from "./row-export.ts";

/** The name of the topic of transforms. */
export const TRANSFORM = "transform";

const CHILD_FROM_PARENT = 2;

/** Transforms. As in the viewer, each row is a whole transform: other rows add nothing to it. */
export const transform: RowExport = {
  name: TRANSFORM,
  makes: [
    "translation",
    "rotation_axis_angle",
    "quaternion",
    "scale",
    "mat3x3",
    "relation",
    "parent_frame",
    "child_frame",
  ].map((name) => `Transform3D:${name}`),
  messages(rows, row, { entityPath, frameAround }) {
    const parent = rows.text("Transform3D:parent_frame", row) ?? frameAround;
    const child = rows.text("Transform3D:child_frame", row) ?? entityPath;
    const rigid = rigidTransform(partsOf(rows, row));
    // The root has no parent unless a name says so.
    if (rigid === undefined || parent === child) return undefined;
    const [x, y, z] = rigid.translation;
    const [qx, qy, qz, qw] = rigid.rotation;
    const scales = ["Transform3D:scale", "Transform3D:mat3x3"].filter((name) => rows.hasInstances(name, row));
    return {
      schema: "foxglove.FrameTransform",
      fields: [
        {
          parentFrameId: parent,
          childFrameId: child,
          translation: { x, y, z },
          rotation: { x: qx, y: qy, z: qz, w: qw },
        },
      ],
      lost: rigid.hasScale ? scales : undefined,
    };
  },
};

function partsOf(rows: ChunkRows, row: number): Parameters<typeof rigidTransform>[0] {
  const numbers = (name: string): readonly number[] | undefined => {
    const found = rows.numbers(`Transform3D:${name}`, row);
    return found && Array.from(found);
  };
  const axis = rows.field("Transform3D:rotation_axis_angle", row, "axis");
  const angle = rows.field("Transform3D:rotation_axis_angle", row, "angle")?.[0];
  const matrix = numbers("mat3x3");
  return {
    translation: numbers("translation") as Vec3 | undefined,
    axisAngle: axis && [Array.from(axis) as unknown as Vec3, angle ?? 0],
    quaternion: numbers("quaternion") as RotationXyzw | undefined,
    scale: numbers("scale") as Vec3 | undefined,
    mat3x3: matrix && ([matrix.slice(0, 3), matrix.slice(3, 6), matrix.slice(6, 9)] as unknown as Mat3),
    isInverse: numbers("relation")?.[0] === CHILD_FROM_PARENT,
  };
}

/** The components of poses that have messages. */
export const POSE: readonly string[] = ["InstancePoses3D:translations", "InstancePoses3D:quaternions"];

/** Poses. Points have theirs in their own messages. */
export const poses: RowExport = {
  name: "poses",
  unless: "Points3D:positions",
  makes: POSE,
  messages(rows, row, { frame }) {
    return { schema: "foxglove.PosesInFrame", fields: [{ frameId: frame, poses: posesOf(rows, row) }] };
  },
};

/** A pose in the form of messages. */
export interface Pose {
  readonly position: Readonly<Record<"x" | "y" | "z", number>>;
  readonly orientation: Readonly<Record<"x" | "y" | "z" | "w", number>>;
}

/** The poses of a row. */
export function posesOf(rows: ChunkRows, row: number): readonly Pose[] {
  const [translations = [], quaternions = []] = POSE.map((name) => rows.numbers(name, row));
  return Array.from({ length: Math.max(translations.length / 3, quaternions.length / 4) }, (_, index) => {
    const [x = 0, y = 0, z = 0] = partAt(translations, 3, index);
    const [qx = 0, qy = 0, qz = 0, qw = 1] = partAt(quaternions, 4, index);
    return { position: { x, y, z }, orientation: { x: qx, y: qy, z: qz, w: qw } };
  });
}

/** The part of an instance. As in Rerun, the last part applies to all instances without one. */
function partAt(parts: ArrayLike<number>, size: number, index: number): readonly number[] {
  const start = Math.min(index, parts.length / size - 1) * size;
  return Array.from({ length: Math.min(size, parts.length) }, (_, at) => parts[start + at] as number);
}

/** A resolution as messages can have it: whole, and with 32 bits. */
function pixelCount(value: number): number {
  return Math.min(0xffff_ffff, Math.max(0, Math.round(value) || 0));
}

/** Cameras without distortion. */
export const camera: RowExport = {
  name: "camera",
  makes: ["Pinhole:image_from_camera"],
  contains: ["Pinhole:resolution", "Pinhole:parent_frame", "Pinhole:child_frame"],
  messages(rows, row, { frame }) {
    const columns = rows.numbers("Pinhole:image_from_camera", row);
    if (columns?.length !== 9) return undefined;
    const at = (line: number, column: number): number => columns[column * 3 + line] as number;
    const lines = [0, 1, 2].map((line) => [at(line, 0), at(line, 1), at(line, 2)]);
    const [width = 0, height = 0] = Array.from(rows.numbers("Pinhole:resolution", row) ?? [], pixelCount);
    return {
      schema: "foxglove.CameraCalibration",
      fields: [
        {
          frameId: rows.text("Pinhole:parent_frame", row) ?? frame,
          width,
          height,
          K: lines.flat(),
          R: [1, 0, 0, 0, 1, 0, 0, 0, 1],
          P: lines.flatMap((line) => [...line, 0]),
        },
      ],
    };
  },
};

/** Places on the earth: a message for each of them. */
export const places: RowExport = {
  name: "places",
  needs: "GeoPoints:positions",
  makes: ["GeoPoints:positions", "GeoPoints:colors"],
  fills: ["GeoPoints:positions", "GeoPoints:colors"],
  messages(rows, row, { frame }) {
    const positions = rows.numbers("GeoPoints:positions", row);
    if (positions === undefined) return undefined;
    const colors = rows.numbers("GeoPoints:colors", row);
    const fields = Array.from({ length: positions.length / 2 }, (_, index) => {
      // As in Rerun, the last colour applies to all places without one.
      const color = colors?.[Math.min(index, colors.length - 1)];
      return {
        frameId: frame,
        latitude: positions[index * 2],
        longitude: positions[index * 2 + 1],
        ...(color !== undefined && { color: colorOf(color) }),
      };
    });
    return { schema: "foxglove.LocationFix", fields };
  },
};

function colorOf(rgba: number): Readonly<Record<"r" | "g" | "b" | "a", number>> {
  const channel = (shift: number): number => ((rgba >>> shift) & 255) / 255;
  return { r: channel(24), g: channel(16), b: channel(8), a: channel(0) };
}
