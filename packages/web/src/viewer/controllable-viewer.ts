// The methods of the class `WebViewer` of `@rerun-io/web-viewer` 0.41 with which programs control it: a part of them,
// declared here because the package is optional, and older versions do not have them.

export interface ControllableViewer {
  get_state(): Promise<StateAnswer>;
  set_time(options: {
    recording?: string | undefined;
    timeline?: string | undefined;
    sequence?: bigint | undefined;
    play_state?: PlayStateName | undefined;
  }): Promise<void>;
  get_location(): Promise<string>;
  set_location(location: string): Promise<void>;
  open(url: string, options: { navigate?: boolean | undefined }): Promise<OpenAnswer>;
  close(target: string[] | { store_ids: string[] } | "current" | "all"): Promise<string[]>;
  get_logs(afterSequence: bigint | undefined): Promise<LogAnswer[]>;
  get_recording_schema(options: SchemaRequest & { recording?: string | undefined }): Promise<RecordingSchemaAnswer>;
  get_dataset_schema(options: SchemaRequest & { dataset_url?: string | undefined }): Promise<DatasetSchemaAnswer>;
  get_dataset_assets_schema(options: SchemaRequest & { dataset_url?: string | undefined }): Promise<AssetAnswer[]>;
  get_table_schema(tableUrl: string | undefined): Promise<ColumnAnswer[]>;
  get_blueprint(target: BlueprintTarget | undefined): Promise<BlueprintAnswer>;
  set_blueprint(blueprint: unknown, target: BlueprintTarget): Promise<Omit<BlueprintAnswer, "blueprint">>;
  get_transform_graph(options: {
    recording?: string | undefined;
    frame_filter?: string | undefined;
    edge_filter?: string | undefined;
    include_transforms?: boolean | undefined;
  }): Promise<{ recording: string; graph: unknown }>;
  take_screenshot(options: { view_id?: string | undefined; max_size?: number | undefined }): Promise<Uint8Array>;
  highlight_rect(rect: object | null, label: string | undefined): Promise<void>;
  list_commands(options: {
    ids?: string[] | undefined;
    include_unavailable?: boolean | undefined;
    recording?: string | undefined;
  }): Promise<CommandAnswer[]>;
  run_command(
    id: string,
    options: { recording?: string | undefined; allow_blocking_native_modal?: boolean | undefined },
  ): Promise<CommandAnswer>;
}

export type PlayStateName = "paused" | "playing" | "following";
export type TimeTypeName = "sequence" | "duration" | "timestamp";
export type BlueprintTarget =
  | { kind: "recording"; recording?: string | undefined }
  | { kind: "table"; table_url?: string | undefined };

interface SchemaRequest {
  entity_path?: string | undefined;
  max_entities?: number | undefined;
}

export interface TimelineAnswer {
  name: string;
  time_type?: TimeTypeName | undefined;
  time_range?: { start: bigint; end: bigint } | undefined;
  current_time?: bigint | undefined;
}

export interface StateAnswer {
  location: string;
  active_store_id?: string | undefined;
  recordings: {
    store_id: string;
    location: string;
    timelines: TimelineAnswer[];
    play_state?: PlayStateName | undefined;
    current_time?: { timeline: string; time_type?: TimeTypeName | undefined; time?: bigint | undefined } | undefined;
  }[];
  views: {
    view_id: string;
    class: string;
    name: string;
    origin: string;
    visible: boolean;
    reports: { severity: string; summary: string; details?: string | undefined }[];
  }[];
  loading: { name: string; status: string }[];
  servers: { origin: string; entries: { name: string; url: string }[]; error?: string | undefined }[];
  catalog_url?: string | undefined;
  viewer_version?: string | undefined;
}

export interface EntityAnswer {
  entity_path: string;
  components: {
    component: string;
    archetype?: string | undefined;
    component_type?: string | undefined;
    datatype: string;
    has_static: boolean;
  }[];
}

interface OpenAnswer {
  store_ids: string[];
  loading: string[];
}

interface LogAnswer {
  sequence: bigint;
  level: string;
  target: string;
  message: string;
}

interface RecordingSchemaAnswer {
  recording: string;
  timelines: TimelineAnswer[];
  entities: EntityAnswer[];
  omitted_entities: number;
}

interface DatasetSchemaAnswer {
  timelines: string[];
  entities: EntityAnswer[];
  omitted_entities: number;
  asset_ids: string[];
}

interface AssetAnswer {
  asset_id: string;
  entities: EntityAnswer[];
  omitted_entities: number;
}

interface ColumnAnswer {
  name: string;
  display_name: string;
  datatype: string;
}

interface BlueprintAnswer {
  blueprint_id: string;
  blueprint: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  recording?: string | undefined;
  table_url?: string | undefined;
}

export interface CommandAnswer {
  id: string;
  title: string;
  description: string;
  scope: string;
  shortcuts: string[];
  available: boolean;
  blocking_native_modal: boolean;
  destructive: boolean;
  target?: string | undefined;
}
