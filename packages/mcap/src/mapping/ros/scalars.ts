import { ListColumn } from "../../columns/nested-columns.ts";
import type { StructColumn } from "../../columns/nested-columns.ts";
import { NumberColumn } from "../../columns/number-column.ts";
import {
  component,
  everyNth,
  instanceLists,
  numberData,
  onePerRow,
  ownComponent,
  texts,
  type ComponentData,
} from "../component-data.ts";
import { coordinateFrames } from "../coordinate-frames.ts";
import { findField, listsAt, numberList, numbersAt } from "../message-fields.ts";
import type { MappedRows } from "../mapping.ts";

/** `sensor_msgs/msg/Imu`: six scalars. The orientation stays as numbers. */
export function mapImu(messages: StructColumn): MappedRows[] {
  const axes = (path: string): string[] => ["x", "y", "z"].map((axis) => `${path}.${axis}`);
  const orientation = ["x", "y", "z", "w"].map((axis) => `orientation.${axis}`);
  const [moved, turned] = [axes("angular_velocity"), axes("linear_acceleration")];
  const names = ["gyroscope", "accelerometer"].flatMap((sensor) => axes(sensor).map((name) => name.replace(".", "/")));
  const own = numberData("float64", interleaved(messages, orientation));
  const components = [
    scalarsOf(messages, [...moved, ...turned]),
    ownComponent(
      "sensor_msgs.msg.Imu",
      "sensor_msgs.msg.Imu:orientation",
      instanceLists(everyNth(messages.length, 4), own),
    ),
    coordinateFrames(messages),
  ];
  return [seriesNames(names), { components }];
}

/** `sensor_msgs/msg/JointState`: an entity for each quantity. */
export function mapJointState(messages: StructColumn): MappedRows[] {
  const joints = listsAt(messages, "name");
  const names = component("SeriesLines:names", "Name", instanceLists(joints.offsets, joints.items.toData()));
  const quantities = ["position", "velocity", "effort"].map((name) => ({
    below: [name],
    components: [listedScalars(messages, name), names],
  }));
  return [...quantities, { components: [coordinateFrames(messages)] }];
}

/** `sensor_msgs/msg/Joy`: an entity for axes and buttons each. */
export function mapJoy(messages: StructColumn): MappedRows[] {
  const parts = ["axes", "buttons"].map((name) => ({ below: [name], components: [listedScalars(messages, name)] }));
  return [...parts, { components: [coordinateFrames(messages)] }];
}

/** A mapping of fields to scalars with their names. */
export function mapNumbers(...names: string[]): (messages: StructColumn) => MappedRows[] {
  return (messages) => [seriesNames(names), { components: [scalarsOf(messages, names)] }];
}

/** `std_msgs/msg/Float64MultiArray` and others with numbers in `data`. */
export function mapArray(messages: StructColumn): MappedRows[] {
  return [{ components: [listedScalars(messages, "data")] }];
}

/** A mapping of a measured quantity with its variance. */
export function mapMeasurement(name: string, unit?: string): (messages: StructColumn) => MappedRows[] {
  return (messages) => {
    const values = onePerRow(numberData("float64", numberList(messages, name)));
    const variances = onePerRow(numberData("float64", numberList(messages, "variance")));
    const units = unit === undefined ? [] : [onePerRow(texts(Array.from({ length: messages.length }, () => unit)))];
    return [
      {
        components: [
          component("Measurements:values", "Scalar", values),
          component("Measurements:variances", "Variance", variances),
          ...units.map((lists) => component("Measurements:units", "Unit", lists)),
          coordinateFrames(messages),
        ],
      },
    ];
  };
}

function seriesNames(names: readonly string[]): MappedRows {
  const lists = instanceLists(Int32Array.of(0, names.length), texts(names));
  return { isStatic: true, components: [component("SeriesLines:names", "Name", lists)] };
}

/** Fields of each message as scalars, in order. */
function scalarsOf(messages: StructColumn, paths: readonly string[]): ComponentData {
  const lists = instanceLists(
    everyNth(messages.length, paths.length),
    numberData("float64", interleaved(messages, paths)),
  );
  return component("Scalars:scalars", "Scalar", lists);
}

/** A list of each message as scalars. */
function listedScalars(messages: StructColumn, path: string): ComponentData {
  const column = findField(messages, path);
  const items = column instanceof ListColumn ? column.items : undefined;
  if (!(column instanceof ListColumn) || !(items instanceof NumberColumn)) return scalarsOf(messages, [path]);
  const values =
    items.kind === "float64"
      ? items.toData()
      : numberData("float64", Array.from<number | bigint, number>(items.values as ArrayLike<number | bigint>, Number));
  return component("Scalars:scalars", "Scalar", instanceLists(column.offsets, values));
}

function interleaved(messages: StructColumn, paths: readonly string[]): Float64Array {
  const columns = paths.map((path) => numbersAt(messages, path));
  const values = new Float64Array(messages.length * paths.length);
  for (const [place, column] of columns.entries()) {
    // A loop over numbers of one type takes a fraction of the time.
    if (column instanceof Float64Array) spread(column, values, place, paths.length);
    else for (let row = 0; row < messages.length; row++) values[row * paths.length + place] = Number(column[row]);
  }
  return values;
}

/** Copies numbers to every `step`th place. */
function spread(column: Float64Array, values: Float64Array, place: number, step: number): void {
  for (let row = 0; row < column.length; row++) {
    values[place] = column[row] as number;
    place += step;
  }
}
