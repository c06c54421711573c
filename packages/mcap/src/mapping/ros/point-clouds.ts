import { RerunError } from "@rerun-ts/core";
import { getOrAdd } from "@rerun-ts/core/util";
import type { StructColumn } from "../../columns/nested-columns.ts";
import { NumberColumn, type NumberColumnKind } from "../../columns/number-column.ts";
import { Offsets } from "@rerun-ts/core/encode";
import {
  component,
  instanceLists,
  onePerRow,
  ownComponent,
  vectorData,
  type ComponentData,
} from "../component-data.ts";
import { coordinateFrames } from "../coordinate-frames.ts";
import { blobData, bytesAt, findField, messagesAt, numbersAt, textsAt } from "../message-fields.ts";
import type { MappedRows, ReportLoss } from "../mapping.ts";
import { PACKED_BYTES, readPacked, withoutPadding, type PackedField, type PackedPoints } from "../packed-points.ts";
import { BoolColumn } from "../../columns/leaf-columns.ts";

/** The types of `sensor_msgs/msg/PointField`. */
const KINDS: readonly (NumberColumnKind | undefined)[] = [
  undefined,
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "float32",
  "float64",
];
const OWN = "sensor_msgs.msg.PointCloud2";
/** Fields may share bytes, but not without a limit: each becomes a column. */
const MAX_OVERLAP = 4;
const MIN_FIELD_BYTES = 64;
const POSITION = ["x", "y", "z"];

/** A point cloud of one message. */
interface Cloud {
  readonly row: number;
  readonly points: PackedPoints;
  readonly fields: readonly PackedField[];
}

/** `sensor_msgs/msg/PointCloud2`: clouds with equal fields are rows of one chunk. */
export function mapRosPointClouds(messages: StructColumn, report: ReportLoss): MappedRows[] {
  const byFields = new Map<string, Cloud[]>();
  for (const cloud of readClouds(messages, report)) {
    const key = cloud.fields.map(({ name, kind }) => `${name} ${kind}`).join();
    getOrAdd(byFields, key, () => []).push(cloud);
  }
  const rows = [...byFields.values()].map((clouds): MappedRows => ({
    messages: Int32Array.from(clouds, ({ row }) => row),
    components: [positions(clouds), ...others(clouds)].filter((found) => found !== undefined),
  }));
  return [...rows.filter(({ components }) => components.length > 0), { components: ownComponents(messages) }];
}

function readClouds(messages: StructColumn, report: ReportLoss): Cloud[] {
  const { offsets, items } = messagesAt(messages, "fields");
  const [names, places, types] = [textsAt(items, "name"), numbersAt(items, "offset"), numbersAt(items, "datatype")];
  const sizes = ["width", "height", "point_step", "row_step"] as const;
  const [widths, heights, steps, rowSteps] = sizes.map((name) => numbersAt(messages, name));
  const bigEndian = findField(messages, "is_bigendian");
  if (!(bigEndian instanceof BoolColumn)) throw new RerunError("UNSUPPORTED", "is_bigendian must be a bool");
  const data = bytesAt(messages, "data");
  return Array.from({ length: messages.length }, (_, row) => {
    const fields: PackedField[] = [];
    const stride = Number(steps?.[row]);
    let room = stride * MAX_OVERLAP + MIN_FIELD_BYTES;
    for (let item = offsets[row] as number; item < (offsets[row + 1] as number); item++) {
      const [name, kind] = [names.textAt(item), KINDS[Number(types[item])]];
      room -= PACKED_BYTES[kind ?? "uint8"];
      if (kind === undefined) report(row, `the field ${name} of the point cloud has the unknown type ${types[item]}`);
      else if (room < 0) report(row, `the fields of the point cloud are larger than its points of ${stride} bytes`);
      else fields.push({ name, offset: Number(places[item]), kind });
    }
    const [width, height] = [Number(widths?.[row]), Number(heights?.[row])];
    const all = data.bytes.subarray(data.offsets[row], data.offsets[row + 1]);
    const bytes = height > 1 ? withoutPadding(all, width * stride, Number(rowSteps?.[row])) : all;
    const count = width * height;
    const whole = stride > 0 ? Math.min(count, Math.floor(bytes.byteLength / stride)) : 0;
    if (whole < count) report(row, `the point cloud has ${count} points, but data of ${whole}`);
    return { row, points: { data: bytes, stride, count: whole, isLittle: !bigEndian.at(row) }, fields };
  });
}

/** Positions, if the clouds have all three coordinates. */
function positions(clouds: readonly Cloud[]): ComponentData | undefined {
  const { offsets, total } = countPoints(clouds);
  const values = new Float32Array(total * 3);
  for (const [index, { points, fields }] of clouds.entries()) {
    for (const [axis, name] of POSITION.entries()) {
      const field = fields.find((candidate) => candidate.name === name);
      if (field === undefined) return undefined;
      readPacked(points, field, values, (offsets[index] as number) * 3 + axis, 3);
    }
  }
  return component("Points3D:positions", "Position3D", instanceLists(offsets, vectorData(values, 3)));
}

/** The fields besides the coordinates, each with the first value of every point. */
function others(clouds: readonly Cloud[]): ComponentData[] {
  const { offsets, total } = countPoints(clouds);
  const names = new Set((clouds[0]?.fields ?? []).map(({ name }) => name).filter((name) => !POSITION.includes(name)));
  return [...names].map((name) => {
    const kind = clouds[0]?.fields.find((field) => field.name === name)?.kind ?? "float32";
    const column = new NumberColumn(kind);
    column.pushBytes(new Uint8Array(total * column.width));
    const { values } = column;
    for (const [index, { points, fields }] of clouds.entries()) {
      const field = fields.find((candidate) => candidate.name === name);
      if (field !== undefined) readPacked(points, field, values, offsets[index] as number, 1);
    }
    return component(`Points3D:${name}`, undefined, instanceLists(offsets, column.toData()));
  });
}

function countPoints(clouds: readonly Cloud[]): { readonly offsets: Int32Array; readonly total: number } {
  const offsets = new Offsets();
  let total = 0;
  for (const { points } of clouds) offsets.push((total += points.count));
  return { offsets: offsets.values, total };
}

/** The fields of the messages as they are. */
function ownComponents(messages: StructColumn): ComponentData[] {
  const names = ["height", "width", "fields", "is_bigendian", "point_step", "row_step", "is_dense"];
  const own = names.flatMap((name) => {
    const column = findField(messages, name);
    return column === undefined ? [] : [ownComponent(OWN, `${OWN}:${name}`, onePerRow(column.toData()))];
  });
  const data = ownComponent(OWN, `${OWN}:data`, onePerRow(blobData(bytesAt(messages, "data"))), "Blob");
  return [...own, data, coordinateFrames(messages)];
}
