import type { TimeValue } from "../time/time-value.ts";
import type { ViewerEntity, ViewerPlayState, ViewerState, ViewerStoreId, ViewerTimeline } from "./viewer-state.ts";

/** The limits of a call to a viewer. */
export interface ViewerCallOptions {
  /** The longest duration of the call, in milliseconds. Default 15,000. */
  timeoutMs?: number | undefined;
  /** Aborts the call. Default: none. */
  signal?: AbortSignal | undefined;
}

/** A viewer whose state can be read. */
export interface StateSource {
  state(options: ViewerCallOptions): Promise<ViewerState>;
}

/** A position in time, for {@link ViewerControl.setTime}. */
export interface SetViewerTime extends ViewerCallOptions {
  /** The recording. Default: the active one. */
  recording?: ViewerStoreId | undefined;
  /** The name of the timeline. Default: the current one. */
  timeline?: string | undefined;
  /** The time on the timeline. A bare number or bigint is a sequence number. Default: unchanged. */
  at?: TimeValue | undefined;
  /** `true` plays, `false` pauses, and `"following"` stays at the newest data. Default: stays. */
  play?: boolean | ViewerPlayState | undefined;
}

/** The time of a recording in a viewer. */
export interface ViewerTime {
  /** The recording to which the time applies. */
  readonly recording: ViewerStoreId;
  /** The name of the timeline. */
  readonly timeline: string;
  /** The kind of the timeline. */
  readonly kind: ViewerTimeline["kind"];
  /** A sequence number, or nanoseconds. */
  readonly time: bigint | undefined;
}

/** The recordings for {@link ViewerControl.close}. Default: the current recording. */
export interface CloseViewerRecordings extends ViewerCallOptions {
  /** Recordings by their ids. */
  recordings?: readonly ViewerStoreId[] | undefined;
  /** Sources by their URLs, as {@link ViewerControl.open} was given them. */
  urls?: readonly string[] | undefined;
  /** Everything. */
  all?: boolean | undefined;
}

/** A source for {@link ViewerControl.open}: a path or URL, or the bytes of a recording. */
export type ViewerSource = string | URL | Uint8Array | Blob;

/** Options of {@link ViewerControl.open}. */
export interface OpenInViewer extends ViewerCallOptions {
  /** Whether the viewer shows the opened source. Default `true`. */
  navigate?: boolean | undefined;
}

/** The result of {@link ViewerControl.open}. */
export interface OpenedInViewer {
  /** The recordings so far. */
  readonly recordings: readonly ViewerStoreId[];
  /** The URLs that are still loading. `state().loading` becomes empty at the end. */
  readonly loading: readonly string[];
}

/** Options of {@link ViewerControl.screenshot}. */
export interface ViewerScreenshot extends ViewerCallOptions {
  /** The id of a view, from `state().views`. Default: the whole window. */
  view?: string | undefined;
  /** The longer side, at most, in pixels. Default: no limit. */
  maxSize?: number | undefined;
}

/** Options of {@link ViewerControl.schema}. */
export interface ViewerSchemaOptions extends ViewerCallOptions {
  /** The recording. Default: the active one. */
  recording?: ViewerStoreId | undefined;
  /** Only this entity and the entities below it. Default: all. */
  entityPath?: string | undefined;
  /** The largest number of entities. Default: the viewer's limit. */
  maxEntities?: number | undefined;
}

/** The entities of a recording. */
export interface ViewerSchema {
  /** The recording that the schema describes. */
  readonly recording: ViewerStoreId;
  /** The timelines with data in the recording. */
  readonly timelines: readonly ViewerTimeline[];
  /** The entities, by their paths. */
  readonly entities: readonly ViewerEntity[];
  /** The number of further entities above `maxEntities`. */
  readonly omittedEntities: number;
}

/** Options of {@link ViewerControl.datasetSchema} and {@link ViewerControl.datasetAssets}. */
export interface ViewerDatasetOptions extends ViewerCallOptions {
  /** The URL of the dataset, from `state().servers`. Default: the dataset on the screen. */
  dataset?: string | undefined;
  /** Only this entity and the entities below it. Default: all. */
  entityPath?: string | undefined;
  /** The largest number of entities. Default: the viewer's limit. */
  maxEntities?: number | undefined;
}

/** The entities of the segments of a dataset. */
export interface ViewerDatasetSchema {
  /** The names of its timelines. */
  readonly timelines: readonly string[];
  /** The entities, by their paths. */
  readonly entities: readonly ViewerEntity[];
  /** The number of further entities above `maxEntities`. */
  readonly omittedEntities: number;
  /** The ids of the static data that the segments share. */
  readonly assetIds: readonly string[];
}

/** An asset of a dataset: static data shared by its segments. */
export interface ViewerDatasetAsset {
  /** The id, which is in `assetIds` of the schema. */
  readonly assetId: string;
  /** The entities, by their paths. */
  readonly entities: readonly ViewerEntity[];
  /** The number of further entities above `maxEntities`. */
  readonly omittedEntities: number;
}

/** A column of a table in a viewer. */
export interface ViewerColumn {
  /** The name of the Arrow field, for layouts of tables. */
  readonly name: string;
  /** The name in the header. */
  readonly displayName: string;
  /** The Arrow type. */
  readonly datatype: string;
}

/** The target of {@link ViewerControl.blueprint} and {@link ViewerControl.setBlueprint}. */
export interface ViewerBlueprintTarget extends ViewerCallOptions {
  /** A recording. Default: the one on the screen. */
  recording?: ViewerStoreId | undefined;
  /** A table by its URL, instead of a recording. */
  table?: string | undefined;
}

/** Options of {@link ViewerControl.setBlueprint}. */
export interface SetViewerBlueprint extends ViewerBlueprintTarget {
  /** Whether omitted properties stay as they are. Default `false`: they are cleared. */
  partial?: boolean | undefined;
}

/** A layout as JSON: blueprint entity path → archetype → field. */
export type ViewerBlueprintJson = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A layout in a viewer. */
export interface ViewerBlueprint {
  /** The id of its store. */
  readonly blueprintId: string;
  /** The recording, if this is the layout of a recording. */
  readonly recording: ViewerStoreId | undefined;
  /** The URL of the table, if this is the layout of a table. */
  readonly table: string | undefined;
  /** The layout. */
  readonly blueprint: ViewerBlueprintJson;
}

/** A line of a viewer's log. */
export interface ViewerLogEntry {
  /** The number of the line, which grows by one. */
  readonly sequence: bigint;
  /** `"INFO"`, `"WARN"` or `"ERROR"`. */
  readonly level: string;
  /** The module of the viewer that has logged it. */
  readonly target: string;
  /** The text. */
  readonly message: string;
}

/** Options of {@link ViewerControl.transformGraph}. */
export interface ViewerTransformGraphOptions extends ViewerCallOptions {
  /** The recording. Default: the active one. */
  recording?: ViewerStoreId | undefined;
  /** The frames: of entity paths, with names, or all. Default: the viewer's choice. */
  frames?: "entity" | "named" | "all" | undefined;
  /** The edges: static ones, those with times, or all. Default: the viewer's choice. */
  edges?: "static" | "temporal" | "all" | undefined;
  /** Whether each edge has its transform. Default: the viewer's choice. */
  includeTransforms?: boolean | undefined;
}

/** A rectangle of the window, in points. */
export interface ViewerRectangle {
  /** The distance from the left side of the window. */
  readonly x: number;
  /** The distance from the top of the window. */
  readonly y: number;
  /** The width, in the unit of `x`. */
  readonly width: number;
  /** The height, in the unit of `y`. */
  readonly height: number;
}

/**
 * The selection of a viewer, as JSON: the fields have the names and values of the viewer's own answer. Rerun 0.41 has
 * no such call, so this SDK was not tried with a real answer.
 */
export type ViewerSelection =
  | string
  | number
  | boolean
  | null
  | ViewerSelection[]
  | { [field: string]: ViewerSelection };
