import {
  fieldWriterOf,
  type AsComponents,
  type ComponentField,
  type ComponentType,
  type RowWriter,
} from "../batch/component.ts";
import { PrimitiveBuilder } from "../arrow/builder/leaf-builders.ts";
import { TextBuilder } from "../arrow/builder/text-builder.ts";
import type { Int64 } from "../time/int64.ts";

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

/** The recording's own properties: its start time and its name; `undefined` values are not written. */
export function recordingInfo(startTime: Int64 | undefined, name: string | undefined): AsComponents {
  return {
    asComponents(row: RowWriter): void {
      const writer = fieldWriterOf(row);
      if (startTime !== undefined) writer.field(START_TIME_FIELD, startTime);
      if (name !== undefined) writer.field(NAME_FIELD, name);
    },
  };
}

function recordingInfoField(name: string, type: ComponentType): ComponentField {
  return {
    descriptor: { component: `RecordingInfo:${name}`, archetype: ARCHETYPE, componentType: type.name },
    type,
    label: `RecordingInfo.${name}`,
  };
}
