import { listOf, type ArrowField, type ArrowMetadata, type ArrowType } from "../../arrow/arrow-type.ts";
import type { ComponentDescriptor } from "../../batch/component.ts";
import type { Timeline, TimelineKind } from "../../time/timeline.ts";

/** The version of Rerun's chunk format that is written. */
export const SORBET_VERSION = "0.1.4";

const TIMELINE_TYPES = { sequence: "Int64", duration: "Duration", timestamp: "Timestamp" } as const satisfies Record<
  TimelineKind,
  string
>;

// Fields that have the same pair share its place in a schema.
const IS_SORTED: ArrowMetadata = [["rerun:is_sorted", "true"]];
const CONTROL = ["rerun:kind", "control"] as const;
const INDEX = ["rerun:kind", "index"] as const;
const DATA = ["rerun:kind", "data"] as const;

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
    metadata: [["rerun:index_name", name], ...sorted(isSorted), INDEX],
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
    ...(archetype === undefined ? [] : [["rerun:archetype", archetype] as const]),
    ["rerun:component", component],
    ...(componentType === undefined ? [] : [["rerun:component_type", componentType] as const]),
  ];
}

/** The key of the chunk's id in a schema's metadata. */
export const CHUNK_ID_KEY = "rerun:id";

/** The metadata of a chunk's schema. What differs from chunk to chunk comes last, see `SchemaTemplate`. */
export function chunkMetadata(entityPath: string, chunkId: string): ArrowMetadata {
  return [
    ["sorbet:version", SORBET_VERSION],
    [CHUNK_ID_KEY, chunkId],
    ["rerun:entity_path", entityPath],
  ];
}

function sorted(isSorted: boolean): ArrowMetadata {
  return isSorted ? IS_SORTED : [];
}
