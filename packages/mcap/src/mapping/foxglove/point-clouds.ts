import type { StructColumn } from "../../columns/nested-columns.ts";
import { Offsets } from "@rerun-ts/core/encode";
import { component, instanceLists, numberData, vectorData } from "../component-data.ts";
import { coordinateFrames } from "../coordinate-frames.ts";
import { bytesAt, numbersAt } from "../message-fields.ts";
import type { MappedRows, ReportLoss } from "../mapping.ts";
import { readPacked, type PackedPoints } from "../packed-points.ts";
import { poseComponents } from "./foxglove-rows.ts";
import { packedColors, packedFields } from "./packed-fields.ts";

const AXES = ["x", "y", "z"];

/** `foxglove.PointCloud`. */
export function mapPointClouds(messages: StructColumn, report: ReportLoss): MappedRows[] {
  const allFields = packedFields(messages, report);
  const strides = numbersAt(messages, "point_stride");
  const { offsets, bytes } = bytesAt(messages, "data");
  const ends = new Offsets();
  const colorEnds = new Offsets();
  const hasColors: boolean[] = [];
  const clouds: PackedPoints[] = [];
  const colors: number[] = [];
  let total = 0;
  for (const [row, fields] of allFields.entries()) {
    const data = bytes.subarray(offsets[row], offsets[row + 1]);
    const stride = Number(strides[row]);
    const points = { data, stride, count: stride > 0 ? Math.floor(data.byteLength / stride) : 0, isLittle: true };
    clouds.push(points);
    ends.push((total += points.count));
    const own = packedColors(points, fields);
    hasColors.push(own !== undefined);
    for (const color of own ?? []) colors.push(color);
    colorEnds.push(colors.length);
  }
  const positions = new Float32Array(total * 3);
  for (const [row, points] of clouds.entries()) {
    for (const [axis, name] of AXES.entries()) {
      const field = allFields[row]?.find((candidate) => candidate.name === name);
      if (field !== undefined) readPacked(points, field, positions, (ends.values[row] as number) * 3 + axis, 3);
    }
  }
  const packed = instanceLists(colorEnds.values, numberData("uint32", colors), (row) => hasColors[row] === true);
  return [
    {
      components: [
        component("Points3D:positions", "Position3D", instanceLists(ends.values, vectorData(positions, 3))),
        ...(hasColors.includes(true) ? [component("Points3D:colors", "Color", packed)] : []),
        ...poseComponents(messages, "pose", "InstancePoses3D"),
        coordinateFrames(messages),
      ],
    },
  ];
}
