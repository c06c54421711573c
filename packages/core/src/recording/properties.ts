import {
  fieldWriterOf,
  type AsComponents,
  type ComponentField,
  type ComponentType,
  type RowWriter,
} from "../batch/component.ts";
import { PrimitiveBuilder } from "../arrow/builder/leaf-builders.ts";
import { TextBuilder } from "../arrow/builder/text-builder.ts";
import { wrongType } from "../checks/invalid-value-error.ts";
import type { Int64 } from "../time/int64.ts";
import { resolveTimestamp, type TimestampLike } from "../time/time-value.ts";

const ARCHETYPE = "rerun.archetypes.RecordingInfo";

const TIMESTAMP: ComponentType<Int64> = {
  name: "rerun.components.Timestamp",
  arrow: { type: "Int64" },
  createBuilder: () => new PrimitiveBuilder({ type: "Int64" }),
  append: (value, target) => (target as PrimitiveBuilder).data.pushInt64(value.lo, value.hi),
};

const NAME: ComponentType<string> = {
  name: "rerun.components.Name",
  arrow: { type: "Utf8" },
  createBuilder: () => new TextBuilder({ type: "Utf8" }),
  append: (value, target) => (target as TextBuilder).append(value),
};

const START_TIME_FIELD = recordingInfoField("start_time", TIMESTAMP);
const NAME_FIELD = recordingInfoField("name", NAME);

/** The recording's own properties: its start time and its name. Omits `undefined` values. */
export function recordingInfo(startTime: Int64 | undefined, name: string | undefined): AsComponents {
  return {
    asComponents(row: RowWriter): void {
      const writer = fieldWriterOf(row);
      if (startTime !== undefined) writer.field(START_TIME_FIELD, startTime);
      if (name !== undefined) writer.field(NAME_FIELD, name);
    },
  };
}

/** The property with the name of a recording. @throws {InvalidValueError} if `name` is not a string */
export function nameInfo(name: string): AsComponents {
  if (typeof name !== "string") throw wrongType("a string", name);
  return recordingInfo(undefined, name);
}

/** The property with the time at which a recording began. @throws {InvalidValueError} if the value is not a time */
export function startTimeInfo(time: TimestampLike): AsComponents {
  const startTime: Int64 = { lo: 0, hi: 0 };
  resolveTimestamp(time, startTime);
  return recordingInfo(startTime, undefined);
}

function recordingInfoField(name: string, type: ComponentType): ComponentField {
  return {
    descriptor: { component: `RecordingInfo:${name}`, archetype: ARCHETYPE, componentType: type.name },
    type,
    label: `RecordingInfo.${name}`,
  };
}
