import type {
  GetStateResponse,
  RecordingEntitySchema,
  ViewerCommand as CommandMessage,
  ViewerRecording as RecordingMessage,
  ViewerTimeline as TimelineMessage,
} from "../gen/rerun/viewer_control/v1alpha1/viewer_control_pb.ts";
import type { TimelineKind } from "../time/timeline.ts";
import type { Plain } from "./plain.ts";
import { PLAY_STATES, TIME_TYPES, wordOf } from "./viewer-enums.ts";

/**
 * Names one recording in a viewer: `Recording:<application id>:<recording id>`. Backslashes escape colons of the
 * application id. A recording from a catalog has the id of its dataset in place of the application id.
 */
export type ViewerStoreId = string;

/** Whether the time of a recording stands still, moves, or stays at the newest data. */
export type ViewerPlayState = "paused" | "playing" | "following";

/** A timeline of a recording, with the range of its times. */
export interface ViewerTimeline {
  /** The name of the timeline, such as `log_time`. */
  readonly name: string;
  /** Its kind, or `undefined` for an unknown one. */
  readonly kind: TimelineKind | undefined;
  /** The first time: a sequence number, or nanoseconds. `undefined` without data. */
  readonly start: bigint | undefined;
  /** The last time. */
  readonly end: bigint | undefined;
}

/** A recording that a viewer has loaded. */
export interface ViewerRecording {
  /** The id by which calls name the recording. */
  readonly storeId: ViewerStoreId;
  /** Shows this recording if it is passed to {@link ViewerControl.setLocation}. */
  readonly location: string;
  /** The timelines with data in the recording. */
  readonly timelines: readonly ViewerTimeline[];
  /** The name of the timeline in use. */
  readonly timeline: string | undefined;
  /** The time in use: a sequence number, or nanoseconds. */
  readonly time: bigint | undefined;
  /** Whether its time moves. */
  readonly playState: ViewerPlayState | undefined;
}

/** A warning or an error of a view in its last frame. */
export interface ViewerReport {
  /** `"warning"` or `"error"`. */
  readonly severity: string;
  /** A short text. */
  readonly summary: string;
  /** A longer text, if there is one. */
  readonly details: string | undefined;
}

/** A view of the current layout. */
export interface ViewerView {
  /** The id by which calls name the view. */
  readonly viewId: string;
  /** Its class, such as `"3D"`. */
  readonly viewClass: string;
  /** Its title. */
  readonly name: string;
  /** The shown entity, with the entities below it. */
  readonly origin: string;
  /** Whether it is visible. */
  readonly visible: boolean;
  /** Data that the view could not show. Usually empty. */
  readonly reports: readonly ViewerReport[];
}

/** A server in a viewer, with its entries. */
export interface ViewerServer {
  /** Its URL. */
  readonly origin: string;
  /** Its datasets and tables. */
  readonly entries: readonly { readonly name: string; readonly url: string }[];
  /** The reason if the server cannot be reached. */
  readonly error: string | undefined;
}

/** A snapshot of the recordings, views and servers of a viewer. */
export interface ViewerState {
  /** The URL of the current page of the viewer, or empty if it has none. */
  readonly location: string;
  /** The recording on the screen. */
  readonly activeRecording: ViewerStoreId | undefined;
  /** All open recordings. */
  readonly recordings: readonly ViewerRecording[];
  /** The views of the current layout. */
  readonly views: readonly ViewerView[];
  /** Sources that are still loading. */
  readonly loading: readonly { readonly name: string; readonly status: string }[];
  /** The servers in its list. */
  readonly servers: readonly ViewerServer[];
  /** The address of the catalog that is open, if any. */
  readonly catalogUrl: string | undefined;
  /** The version of the viewer, such as `"0.41.0"`. */
  readonly viewerVersion: string | undefined;
}

/** A component of an entity. */
export interface ViewerComponent {
  /** Its name in queries, such as `"Points3D:positions"`. */
  readonly component: string;
  /** The archetype of the component, such as `"rerun.archetypes.Points3D"`. */
  readonly archetype: string | undefined;
  /** Its type, such as `"rerun.components.Position3D"`. */
  readonly componentType: string | undefined;
  /** The Arrow type of one value. */
  readonly datatype: string;
  /** Whether it was ever logged as static data. */
  readonly hasStatic: boolean;
}

/** An entity with its components. */
export interface ViewerEntity {
  /** Its path, with a slash in front. */
  readonly entityPath: string;
  /** The full names of its archetypes. */
  readonly archetypes: readonly string[];
  /** The components with data at the entity. */
  readonly components: readonly ViewerComponent[];
}

/** A command of the viewer's palette. */
export interface ViewerCommand {
  /** For {@link ViewerControl.run}. */
  readonly id: string;
  /** Its name in the palette. */
  readonly title: string;
  /** Its effect. */
  readonly description: string;
  /** The kind of its target: `"global"`, `"recording"`, `"server"` or `"table"`. */
  readonly scope: string;
  /** The keys for it, as the viewer shows them. */
  readonly shortcuts: readonly string[];
  /** Whether the viewer would run it now. */
  readonly available: boolean;
  /** Whether the command opens a dialog of the system. The dialog blocks the viewer until a person closes it. */
  readonly blockingNativeModal: boolean;
  /** Whether the command discards data, changes of the layout, a server, or the viewer itself. */
  readonly destructive: boolean;
  /** The current target: a recording, server or table. */
  readonly target: string | undefined;
}

export function stateOf(message: Plain<GetStateResponse>): ViewerState {
  return {
    location: message.location,
    activeRecording: message.activeStoreId,
    recordings: message.recordings.map(recordingOf),
    views: message.views.map(({ viewId, class: viewClass, name, origin, visible, reports }) => ({
      viewId,
      viewClass,
      name,
      origin,
      visible,
      reports: reports.map(({ severity, summary, details }) => ({ severity, summary, details })),
    })),
    loading: message.loading.map(({ name, status }) => ({ name, status })),
    servers: message.servers.map(({ origin, entries, error }) => ({
      origin,
      entries: entries.map(({ name, url }) => ({ name, url })),
      error,
    })),
    catalogUrl: message.catalogUrl,
    viewerVersion: message.viewerVersion,
  };
}

function recordingOf({
  storeId,
  location,
  timelines,
  currentTime,
  playState,
}: Plain<RecordingMessage>): ViewerRecording {
  return {
    storeId,
    location,
    timelines: timelines.map(timelineOf),
    timeline: currentTime?.timeline?.name,
    time: currentTime?.time?.time,
    playState: wordOf(PLAY_STATES, playState),
  };
}

export function timelineOf({ timeline, timeType, timeRange }: Plain<TimelineMessage>): ViewerTimeline {
  return {
    name: timeline?.name ?? "",
    kind: wordOf(TIME_TYPES, timeType),
    start: timeRange?.start,
    end: timeRange?.end,
  };
}

export function entityOf({ entityPath, archetypes, components }: Plain<RecordingEntitySchema>): ViewerEntity {
  return {
    entityPath,
    archetypes,
    components: components.map(({ component, archetype, componentType, datatype, hasStatic }) => ({
      component,
      archetype,
      componentType,
      datatype,
      hasStatic: hasStatic === true,
    })),
  };
}

export function commandOf(message: Plain<CommandMessage>): ViewerCommand {
  const { id, title, description, scope, shortcuts, available, blockingNativeModal, destructive, target } = message;
  return { id, title, description, scope, shortcuts, available, blockingNativeModal, destructive, target };
}
