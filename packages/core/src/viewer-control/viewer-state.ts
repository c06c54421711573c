import type {
  GetStateResponse,
  RecordingEntitySchema,
  ViewerCommand as CommandMessage,
  ViewerRecording as RecordingMessage,
  ViewerTimeline as TimelineMessage,
} from "../gen/rerun/viewer_control/v1alpha1/viewer_control_pb.ts";
import { TimeType } from "../gen/rerun/common/v1alpha1/common_pb.ts";
import { PlayState as PlayStateMessage } from "../gen/rerun/viewer_control/v1alpha1/viewer_control_pb.ts";
import type { TimelineKind } from "../time/timeline.ts";

/**
 * Names one recording in a viewer: `Recording:<application id>:<recording id>`. Backslashes escape colons of the
 * application id. A recording from a catalog has the id of its dataset in place of the application id.
 */
export type ViewerStoreId = string;

/** Whether the time of a recording stands still, moves, or stays at the newest data. */
export type ViewerPlayState = "paused" | "playing" | "following";

/** A timeline of a recording, with the range of its times. */
export interface ViewerTimeline {
  readonly name: string;
  readonly kind: TimelineKind | undefined;
  /** The first time: a sequence number, or nanoseconds. `undefined` without data. */
  readonly start: bigint | undefined;
  /** The last time. */
  readonly end: bigint | undefined;
}

/** A recording in a viewer. */
export interface ViewerRecording {
  readonly storeId: ViewerStoreId;
  /** Shows this recording if it is passed to {@link ViewerControl.setLocation}. */
  readonly location: string;
  readonly timelines: readonly ViewerTimeline[];
  /** The name of the timeline in use. */
  readonly timeline: string | undefined;
  /** The time in use: a sequence number, or nanoseconds. */
  readonly time: bigint | undefined;
  readonly playState: ViewerPlayState | undefined;
}

/** A warning or an error of a view, when it was last drawn. */
export interface ViewerReport {
  readonly severity: string;
  readonly summary: string;
  readonly details: string | undefined;
}

/** A view of the current layout. */
export interface ViewerView {
  readonly viewId: string;
  readonly viewClass: string;
  readonly name: string;
  readonly origin: string;
  readonly visible: boolean;
  /** Data that it could not show; usually empty. */
  readonly reports: readonly ViewerReport[];
}

/** A server in a viewer, with its entries. */
export interface ViewerServer {
  readonly origin: string;
  readonly entries: readonly { readonly name: string; readonly url: string }[];
  readonly error: string | undefined;
}

/** The state of a viewer. */
export interface ViewerState {
  /** The URL of the current page of the viewer; empty if it has none. */
  readonly location: string;
  readonly activeRecording: ViewerStoreId | undefined;
  readonly recordings: readonly ViewerRecording[];
  readonly views: readonly ViewerView[];
  /** Sources that are not loaded completely yet. */
  readonly loading: readonly { readonly name: string; readonly status: string }[];
  readonly servers: readonly ViewerServer[];
  /** The URL of the catalog in the viewer. */
  readonly catalogUrl: string | undefined;
  /** The version of the viewer, such as `"0.41.0"`. */
  readonly viewerVersion: string | undefined;
}

/** A component of an entity. */
export interface ViewerComponent {
  /** Its name in queries, such as `"Points3D:positions"`. */
  readonly component: string;
  readonly archetype: string | undefined;
  readonly componentType: string | undefined;
  /** The Arrow type of one value. */
  readonly datatype: string;
  readonly hasStatic: boolean;
}

/** An entity with its components. */
export interface ViewerEntity {
  readonly entityPath: string;
  readonly archetypes: readonly string[];
  readonly components: readonly ViewerComponent[];
}

/** A command of the viewer's palette. */
export interface ViewerCommand {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** The kind of its target: `"global"`, `"recording"`, `"server"` or `"table"`. */
  readonly scope: string;
  readonly shortcuts: readonly string[];
  /** Whether the viewer would run it now. */
  readonly available: boolean;
  /** Whether it opens a dialog of the system, and so blocks the viewer until a person closes it. */
  readonly blockingNativeModal: boolean;
  /** Whether it discards data, changes of the layout, a server, or the viewer itself. */
  readonly destructive: boolean;
  readonly target: string | undefined;
}

const KINDS: Readonly<Partial<Record<TimeType, TimelineKind>>> = {
  [TimeType.SEQUENCE]: "sequence",
  [TimeType.DURATION_NS]: "duration",
  [TimeType.TIMESTAMP_NS]: "timestamp",
};

const PLAY_STATES: Readonly<Partial<Record<PlayStateMessage, ViewerPlayState>>> = {
  [PlayStateMessage.PAUSED]: "paused",
  [PlayStateMessage.PLAYING]: "playing",
  [PlayStateMessage.FOLLOWING]: "following",
};

export function stateOf(message: GetStateResponse): ViewerState {
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

function recordingOf({ storeId, location, timelines, currentTime, playState }: RecordingMessage): ViewerRecording {
  return {
    storeId,
    location,
    timelines: timelines.map(timelineOf),
    timeline: currentTime?.timeline?.name,
    time: currentTime?.time?.time,
    playState: PLAY_STATES[playState],
  };
}

export function timelineOf({ timeline, timeType, timeRange }: TimelineMessage): ViewerTimeline {
  return { name: timeline?.name ?? "", kind: KINDS[timeType], start: timeRange?.start, end: timeRange?.end };
}

export function kindOf(timeType: TimeType): TimelineKind | undefined {
  return KINDS[timeType];
}

export function entityOf({ entityPath, archetypes, components }: RecordingEntitySchema): ViewerEntity {
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

export function commandOf(message: CommandMessage): ViewerCommand {
  const { id, title, description, scope, shortcuts, available, blockingNativeModal, destructive, target } = message;
  return { id, title, description, scope, shortcuts, available, blockingNativeModal, destructive, target };
}
