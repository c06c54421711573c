import { listOf, type ArrowField, type ArrowMetadata, type ArrowType } from "../../arrow/arrow-type.ts";
import type { ComponentDescriptor } from "../../batch/component.ts";
import type { Timeline, TimelineKind } from "../../time/timeline.ts";
import {
  RERUN_KIND,
  RERUN_KIND_CONTROL,
  RERUN_KIND_INDEX,
  SORBET_ARCHETYPE_NAME,
  SORBET_COMPONENT,
  SORBET_COMPONENT_TYPE,
  SORBET_ENTITY_PATH,
  SORBET_INDEX_NAME,
} from "../metadata-keys.ts";

/** The version of Rerun's chunk format that is written. */
export const SORBET_VERSION = "0.1.4";

const TIMELINE_TYPES = { sequence: "Int64", duration: "Duration", timestamp: "Timestamp" } as const satisfies Record<
  TimelineKind,
  string
>;

// Shared objects, because fields with the same pair share its place in a schema.
const IS_SORTED: ArrowMetadata = [["rerun:is_sorted", "true"]];
const CONTROL = [RERUN_KIND, RERUN_KIND_CONTROL] as const;
const INDEX = [RERUN_KIND, RERUN_KIND_INDEX] as const;
const DATA = [RERUN_KIND, "data"] as const;

/** The column of row ids. */
export function rowIdField(isSorted: boolean): ArrowField {
  return {
    name: "rerun.controls.RowId",
    nullable: false,
    type: { type: "FixedSizeBinary", size: 16 },
    metadata: [
      ["ARROW:extension:metadata", '{"namespace":"row"}'],
      ["ARROW:extension:name", "rerun.datatypes.TUID"],
      ...sorted(isSorted),
      CONTROL,
    ],
  };
}

/** The column of a timeline. */
export function timelineField({ name, kind }: Timeline, isSorted: boolean): ArrowField {
  return {
    name,
    nullable: true,
    type: { type: TIMELINE_TYPES[kind] },
    metadata: [[SORBET_INDEX_NAME, name], ...sorted(isSorted), INDEX],
  };
}

/** The column of a component: a list of instances per row. */
export function componentField(descriptor: ComponentDescriptor, arrow: ArrowType): ArrowField {
  return {
    name: descriptor.component,
    nullable: true,
    type: listOf(arrow),
    metadata: [...descriptorMetadata(descriptor), DATA],
  };
}

/** The metadata that identifies a component. */
export function descriptorMetadata({ archetype, component, componentType }: ComponentDescriptor): ArrowMetadata {
  return [
    ...(archetype === undefined ? [] : [[SORBET_ARCHETYPE_NAME, archetype] as const]),
    [SORBET_COMPONENT, component],
    ...(componentType === undefined ? [] : [[SORBET_COMPONENT_TYPE, componentType] as const]),
  ];
}

/** The key of the chunk's id in a schema's metadata. */
export const CHUNK_ID_KEY = "rerun:id";

/** The metadata of a chunk's schema. The values that differ between chunks come last, see `SchemaTemplate`. */
export function chunkMetadata(entityPath: string, chunkId: string): ArrowMetadata {
  return [
    ["sorbet:version", SORBET_VERSION],
    [CHUNK_ID_KEY, chunkId],
    [SORBET_ENTITY_PATH, entityPath],
  ];
}

function sorted(isSorted: boolean): ArrowMetadata {
  return isSorted ? IS_SORTED : [];
}
