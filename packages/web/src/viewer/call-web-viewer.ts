import { RerunError } from "@rerun-ts/core";
import {
  EDGES,
  FRAMES,
  PLAY_STATES,
  TIME_TYPES,
  UPDATE_MODES,
  parseExactJson,
  stringifyExactJson,
  wordOf,
  type ViewerRequest,
  type ViewerResponse,
} from "@rerun-ts/core/viewer-control";
import type {
  BlueprintTarget,
  CommandAnswer,
  ControllableViewer,
  EntityAnswer,
  StateAnswer,
  TimelineAnswer,
  TimeTypeName,
} from "./controllable-viewer.ts";

/** The number of the protocol for a word that is not given. */
const UNSPECIFIED = 0;

/** The method of the class `WebViewer` for each call. */
const METHODS = {
  getState: "get_state",
  setTimeCursor: "set_time",
  getLocation: "get_location",
  setLocation: "set_location",
  open: "open",
  close: "close",
  getLogs: "get_logs",
  getRecordingSchema: "get_recording_schema",
  getDatasetSchema: "get_dataset_schema",
  getDatasetAssetsSchema: "get_dataset_assets_schema",
  getTableSchema: "get_table_schema",
  getBlueprint: "get_blueprint",
  setBlueprint: "set_blueprint",
  getTransformGraph: "get_transform_graph",
  saveScreenshot: "take_screenshot",
  highlightRect: "highlight_rect",
  listCommands: "list_commands",
  describeCommands: "list_commands",
  runCommand: "run_command",
} as const satisfies Partial<Record<ViewerRequest["case"], keyof ControllableViewer>>;

/** The method that a viewer lacks for a call; `undefined` if it has it. */
export function missingMethod(viewer: object, call: ViewerRequest["case"]): string | undefined {
  const method = call in METHODS ? METHODS[call as keyof typeof METHODS] : call;
  // Older viewers have methods named `open` and `close` that do something else.
  const needed = method === "open" || method === "close" ? "get_state" : method;
  return typeof (viewer as Partial<Record<string, unknown>>)[needed] === "function" ? undefined : method;
}

/** Makes a call with the methods of a viewer in the page. Rejects with the errors of the viewer. */
export async function callWebViewer(viewer: ControllableViewer, request: ViewerRequest): Promise<ViewerResponse> {
  switch (request.case) {
    case "getState":
      return { case: "getState", value: stateMessage(await viewer.get_state()) };
    case "setTimeCursor": {
      const { storeId: recording, timeline, time, playState } = request.value;
      const play_state = wordOf(PLAY_STATES, playState);
      // An integer is the same on every kind of timeline.
      await viewer.set_time({ recording, timeline: timeline?.name, sequence: time?.time, play_state });
      return { case: "setTimeCursor", value: shownTime(await viewer.get_state(), recording) };
    }
    case "getLocation":
      return { case: "getLocation", value: { location: await viewer.get_location() } };
    case "setLocation":
      await viewer.set_location(request.value.location);
      return { case: "setLocation", value: {} };
    case "open": {
      const { url, navigate } = request.value;
      const { store_ids: storeIds, loading } = await viewer.open(url, { navigate });
      return { case: "open", value: { storeIds, loading } };
    }
    case "close": {
      const { target } = request.value;
      const closed = await viewer.close(
        target.case === "storeIds"
          ? { store_ids: target.value.storeIds }
          : target.case === "urls"
            ? target.value.urls
            : (target.case ?? "current"),
      );
      return { case: "close", value: { closed } };
    }
    case "getLogs":
      return { case: "getLogs", value: { entries: await viewer.get_logs(request.value.afterSequence) } };
    case "getRecordingSchema": {
      const { storeId: recording, entityPath, maxEntities } = request.value;
      const answer = await viewer.get_recording_schema({ recording, ...schemaRequest(entityPath, maxEntities) });
      const timelines = answer.timelines.map(timelineMessage);
      const entities = answer.entities.map(entityMessage);
      const value = { storeId: answer.recording, timelines, entities, omittedEntities: answer.omitted_entities };
      return { case: "getRecordingSchema", value };
    }
    case "getDatasetSchema": {
      const { datasetUrl: dataset_url, entityPath, maxEntities } = request.value;
      const answer = await viewer.get_dataset_schema({ dataset_url, ...schemaRequest(entityPath, maxEntities) });
      const entities = answer.entities.map(entityMessage);
      const { timelines, omitted_entities: omittedEntities, asset_ids: assetIds } = answer;
      return { case: "getDatasetSchema", value: { timelines, entities, omittedEntities, assetIds } };
    }
    case "getDatasetAssetsSchema": {
      const { datasetUrl: dataset_url, entityPath, maxEntities } = request.value;
      const answer = await viewer.get_dataset_assets_schema({ dataset_url, ...schemaRequest(entityPath, maxEntities) });
      const assets = answer.map(({ asset_id: assetId, entities, omitted_entities: omittedEntities }) => ({
        assetId,
        entities: entities.map(entityMessage),
        omittedEntities,
      }));
      return { case: "getDatasetAssetsSchema", value: { assets } };
    }
    case "getTableSchema": {
      const answer = await viewer.get_table_schema(request.value.tableUrl);
      const columns = answer.map(({ name, display_name: displayName, datatype }) => ({ name, displayName, datatype }));
      return { case: "getTableSchema", value: { columns } };
    }
    case "getBlueprint": {
      const {
        blueprint_id: blueprintId,
        blueprint,
        recording,
        table_url,
      } = await viewer.get_blueprint(targetOf(request.value.target));
      const json = stringifyExactJson(blueprint);
      return { case: "getBlueprint", value: { blueprintId, storeId: recording, tableUrl: table_url, json } };
    }
    case "setBlueprint":
      return setBlueprint(viewer, request.value);
    case "getTransformGraph": {
      const { storeId, frameFilter, edgeFilter, includeTransforms } = request.value;
      const frames = wordOf(FRAMES, frameFilter);
      const { recording, graph } = await viewer.get_transform_graph({
        recording: storeId,
        frame_filter: frames === "entity" ? "entity_path" : frames,
        edge_filter: wordOf(EDGES, edgeFilter),
        include_transforms: includeTransforms,
      });
      return { case: "getTransformGraph", value: { storeId: recording, json: stringifyExactJson(graph) } };
    }
    case "saveScreenshot": {
      const png = await viewer.take_screenshot({ view_id: request.value.viewId, max_size: request.value.maxSize });
      return { case: "saveScreenshot", value: { png } };
    }
    case "highlightRect": {
      const { rect, label } = request.value;
      await viewer.highlight_rect(rect === undefined ? null : { x: rect.x, y: rect.y, w: rect.w, h: rect.h }, label);
      return { case: "highlightRect", value: {} };
    }
    case "listCommands": {
      const { includeUnavailable: include_unavailable, storeId: recording } = request.value;
      const commands = await viewer.list_commands({ include_unavailable, recording });
      return {
        case: "listCommands",
        value: { commands: commands.map(({ id, description }) => ({ id, description })) },
      };
    }
    case "describeCommands": {
      const commands = await viewer.list_commands({ ids: request.value.ids, recording: request.value.storeId });
      return { case: "describeCommands", value: { commands: commands.map(commandMessage) } };
    }
    case "runCommand": {
      const { id, storeId: recording, allowBlockingNativeModal } = request.value;
      const command = await viewer.run_command(id, {
        recording,
        allow_blocking_native_modal: allowBlockingNativeModal,
      });
      return { case: "runCommand", value: { command: commandMessage(command) } };
    }
    default:
      throw new RerunError("UNSUPPORTED", `viewers in pages have no call \`${request.case}\``);
  }
}

type SetBlueprintRequest = Extract<ViewerRequest, { case: "setBlueprint" }>["value"];
type BlueprintJson = Record<string, Record<string, Record<string, unknown>>>;

/** The method replaces a whole layout: to change a part, the present one is read and merged with it. */
async function setBlueprint(
  viewer: ControllableViewer,
  { json, target, mode }: SetBlueprintRequest,
): Promise<ViewerResponse> {
  const { blueprint: before, recording, table_url: table } = await viewer.get_blueprint(targetOf(target));
  const wanted = parseExactJson(json) as BlueprintJson;
  const blueprint = mode === UPDATE_MODES.partial ? merged(before as BlueprintJson, wanted) : wanted;
  const shown: BlueprintTarget =
    table === undefined ? { kind: "recording", recording } : { kind: "table", table_url: table };
  await viewer.set_blueprint(blueprint, targetOf(target) ?? shown);
  const after = await viewer.get_blueprint(targetOf(target) ?? shown);
  const { blueprint_id: blueprintId, recording: storeId, table_url: tableUrl } = after;
  const createdEntities = Object.keys(after.blueprint).filter((path) => !(path in before));
  return { case: "setBlueprint", value: { blueprintId, storeId, tableUrl, createdEntities } };
}

/** The first layout with the fields of the second. */
function merged(before: BlueprintJson, changes: BlueprintJson): BlueprintJson {
  const all = { ...before };
  for (const [path, archetypes] of Object.entries(changes)) {
    const entity = { ...all[path] };
    for (const [archetype, fields] of Object.entries(archetypes))
      entity[archetype] = { ...entity[archetype], ...fields };
    all[path] = entity;
  }
  return all;
}

function targetOf(target: SetBlueprintRequest["target"]): BlueprintTarget | undefined {
  if (target.case === "recording") return { kind: "recording", recording: target.value.storeId };
  return target.case === "table" ? { kind: "table", table_url: target.value.tableUrl } : undefined;
}

function schemaRequest(entity_path: string | undefined, max_entities: number | undefined) {
  return { entity_path, max_entities };
}

function stateMessage(state: StateAnswer) {
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

/** The time that a recording shows; by default the active one. */
function shownTime(state: StateAnswer, recording: string | undefined) {
  const storeId = recording ?? state.active_store_id ?? "";
  const shown = state.recordings.find((one) => one.store_id === storeId)?.current_time;
  return {
    storeId,
    timeType: timeTypeOf(shown?.time_type),
    time: timeMessage(shown?.time),
    ...(shown === undefined ? {} : { timeline: { name: shown.timeline } }),
  };
}

function timelineMessage({ name, time_type, time_range, current_time }: TimelineAnswer) {
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

function entityMessage({ entity_path: entityPath, components }: EntityAnswer) {
  const named = components.map(({ component_type: componentType, has_static: hasStatic, ...component }) => ({
    ...component,
    componentType,
    hasStatic,
  }));
  // The class asks for components alone, which name their archetypes.
  const archetypes = new Set(components.flatMap(({ archetype }) => (archetype === undefined ? [] : [archetype])));
  return { entityPath, archetypes: [...archetypes], components: named };
}

function commandMessage({ blocking_native_modal: blockingNativeModal, ...command }: CommandAnswer) {
  return { ...command, blockingNativeModal };
}
