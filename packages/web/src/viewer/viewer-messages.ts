import { PLAY_STATES, TIME_TYPES, type ViewerRequest, type ViewerResponse } from "@rerun-ts/core/viewer-control";
import type { CommandAnswer, EntityAnswer, StateAnswer, TimelineAnswer, TimeTypeName } from "./controllable-viewer.ts";

export type WebCallName = ViewerRequest["case"];
/** The request of a call. */
export type WebRequestOf<Name extends WebCallName> = Extract<ViewerRequest, { case: Name }>["value"];
/** The response of a call. */
export type WebResponseOf<Name extends WebCallName> = Extract<ViewerResponse, { case: Name }>["value"];
type Schema = WebResponseOf<"getRecordingSchema">;

/** The number of the protocol for a word that is not given. */
const UNSPECIFIED = 0;

/** The state of a viewer in the form of the protocol. */
export function stateMessage(state: StateAnswer): WebResponseOf<"getState"> {
  return {
    location: state.location,
    activeStoreId: state.active_store_id,
    recordings: state.recordings.map(({ store_id, location, timelines, play_state, current_time }) => ({
      storeId: store_id,
      location,
      timelines: timelines.map(timelineMessage),
      playState: play_state === undefined ? UNSPECIFIED : PLAY_STATES[play_state],
      currentTime: current_time && {
        timeline: { name: current_time.timeline },
        timeType: timeTypeOf(current_time.time_type),
        time: timeMessage(current_time.time),
      },
    })),
    views: state.views.map(({ view_id: viewId, ...view }) => ({ viewId, ...view })),
    loading: state.loading,
    servers: state.servers.map(({ origin, entries, error }) => ({
      origin,
      entries: entries.map(({ name, url }) => ({ name, url, kind: UNSPECIFIED })),
      error,
    })),
    catalogUrl: state.catalog_url,
    viewerVersion: state.viewer_version,
  };
}

/** The time that a recording shows. Default recording: the active one. */
export function shownTime(state: StateAnswer, recording: string | undefined): WebResponseOf<"setTimeCursor"> {
  const storeId = recording ?? state.active_store_id ?? "";
  const shown = state.recordings.find((one) => one.store_id === storeId)?.current_time;
  return {
    storeId,
    timeType: timeTypeOf(shown?.time_type),
    time: timeMessage(shown?.time),
    ...(shown === undefined ? {} : { timeline: { name: shown.timeline } }),
  };
}

/** A timeline of a recording. */
export function timelineMessage({
  name,
  time_type,
  time_range,
  current_time,
}: TimelineAnswer): Schema["timelines"][number] {
  return {
    timeline: { name },
    timeType: timeTypeOf(time_type),
    timeRange: time_range,
    currentTime: timeMessage(current_time),
  };
}

function timeTypeOf(name: TimeTypeName | undefined): number {
  return name === undefined ? UNSPECIFIED : TIME_TYPES[name];
}

function timeMessage(time: bigint | undefined): { time: bigint } | undefined {
  return time === undefined ? undefined : { time };
}

/** An entity with its components. */
export function entityMessage({ entity_path: entityPath, components }: EntityAnswer): Schema["entities"][number] {
  const named = components.map(({ component_type: componentType, has_static: hasStatic, ...component }) => ({
    ...component,
    componentType,
    hasStatic,
  }));
  // The web viewer reports only components, which name their archetypes.
  const archetypes = new Set(components.flatMap(({ archetype }) => (archetype === undefined ? [] : [archetype])));
  return { entityPath, archetypes: [...archetypes], components: named };
}

/** A command of the palette. */
export function commandMessage({
  blocking_native_modal: blockingNativeModal,
  ...command
}: CommandAnswer): WebResponseOf<"describeCommands">["commands"][number] {
  return { ...command, blockingNativeModal };
}
