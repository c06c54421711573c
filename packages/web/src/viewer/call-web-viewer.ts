import { RerunError } from "@rerun-ts/core";
import {
  EDGES,
  FRAMES,
  PLAY_STATES,
  UPDATE_MODES,
  parseExactJson,
  stringifyExactJson,
  wordOf,
  type ViewerResponse,
} from "@rerun-ts/core/viewer-control";
import type { BlueprintTarget, ControllableViewer } from "./controllable-viewer.ts";
import {
  commandMessage,
  entityMessage,
  shownTime,
  stateMessage,
  timelineMessage,
  type WebCallName,
  type WebRequestOf,
  type WebResponseOf,
} from "./viewer-messages.ts";

/** A call: the required method of the class `WebViewer`, and a function that calls it. */
interface Call<Name extends WebCallName> {
  readonly method: keyof ControllableViewer;
  readonly answer: (viewer: ControllableViewer, request: WebRequestOf<Name>) => Promise<WebResponseOf<Name>>;
}

const CALLS: { readonly [Name in WebCallName]?: Call<Name> } = {
  getState: {
    method: "get_state",
    answer: async (viewer) => stateMessage(await viewer.get_state()),
  },
  setTimeCursor: {
    method: "set_time",
    async answer(viewer, { storeId: recording, timeline, time, playState }) {
      const play_state = wordOf(PLAY_STATES, playState);
      // `sequence` sets any kind of timeline, because the viewer stores all times as integers.
      await viewer.set_time({ recording, timeline: timeline?.name, sequence: time?.time, play_state });
      return shownTime(await viewer.get_state(), recording);
    },
  },
  getLocation: {
    method: "get_location",
    answer: async (viewer) => ({ location: await viewer.get_location() }),
  },
  setLocation: {
    method: "set_location",
    async answer(viewer, { location }) {
      await viewer.set_location(location);
      return {};
    },
  },
  open: {
    method: "open",
    async answer(viewer, { url, navigate }) {
      const { store_ids: storeIds, loading } = await viewer.open(url, { navigate });
      return { storeIds, loading };
    },
  },
  close: {
    method: "close",
    async answer(viewer, { target }) {
      if (target.case === "storeIds") return { closed: await viewer.close({ store_ids: target.value.storeIds }) };
      return { closed: await viewer.close(target.case === "urls" ? target.value.urls : (target.case ?? "current")) };
    },
  },
  getLogs: {
    method: "get_logs",
    answer: async (viewer, { afterSequence }) => ({ entries: await viewer.get_logs(afterSequence) }),
  },
  getRecordingSchema: {
    method: "get_recording_schema",
    async answer(viewer, { storeId, entityPath, maxEntities }) {
      const { recording, timelines, entities, omitted_entities } = await viewer.get_recording_schema({
        recording: storeId,
        ...schemaRequest(entityPath, maxEntities),
      });
      return {
        storeId: recording,
        timelines: timelines.map(timelineMessage),
        entities: entities.map(entityMessage),
        omittedEntities: omitted_entities,
      };
    },
  },
  getDatasetSchema: {
    method: "get_dataset_schema",
    async answer(viewer, { datasetUrl: dataset_url, entityPath, maxEntities }) {
      const answer = await viewer.get_dataset_schema({ dataset_url, ...schemaRequest(entityPath, maxEntities) });
      const { timelines, entities, omitted_entities: omittedEntities, asset_ids: assetIds } = answer;
      return { timelines, entities: entities.map(entityMessage), omittedEntities, assetIds };
    },
  },
  getDatasetAssetsSchema: {
    method: "get_dataset_assets_schema",
    async answer(viewer, { datasetUrl: dataset_url, entityPath, maxEntities }) {
      const assets = await viewer.get_dataset_assets_schema({ dataset_url, ...schemaRequest(entityPath, maxEntities) });
      return {
        assets: assets.map(({ asset_id: assetId, entities, omitted_entities: omittedEntities }) => ({
          assetId,
          entities: entities.map(entityMessage),
          omittedEntities,
        })),
      };
    },
  },
  getTableSchema: {
    method: "get_table_schema",
    async answer(viewer, { tableUrl }) {
      const columns = await viewer.get_table_schema(tableUrl);
      return {
        columns: columns.map(({ name, display_name: displayName, datatype }) => ({ name, displayName, datatype })),
      };
    },
  },
  getBlueprint: {
    method: "get_blueprint",
    async answer(viewer, { target }) {
      const { blueprint_id, blueprint, recording, table_url } = await viewer.get_blueprint(targetOf(target));
      const json = stringifyExactJson(blueprint);
      return { blueprintId: blueprint_id, storeId: recording, tableUrl: table_url, json };
    },
  },
  setBlueprint: { method: "set_blueprint", answer: setBlueprint },
  getTransformGraph: {
    method: "get_transform_graph",
    async answer(viewer, { storeId, frameFilter, edgeFilter, includeTransforms }) {
      const frames = wordOf(FRAMES, frameFilter);
      const { recording, graph } = await viewer.get_transform_graph({
        recording: storeId,
        frame_filter: frames === "entity" ? "entity_path" : frames,
        edge_filter: wordOf(EDGES, edgeFilter),
        include_transforms: includeTransforms,
      });
      return { storeId: recording, json: stringifyExactJson(graph) };
    },
  },
  saveScreenshot: {
    method: "take_screenshot",
    answer: async (viewer, { viewId: view_id, maxSize: max_size }) => ({
      png: await viewer.take_screenshot({ view_id, max_size }),
    }),
  },
  highlightRect: {
    method: "highlight_rect",
    async answer(viewer, { rect, label }) {
      await viewer.highlight_rect(rect === undefined ? null : { x: rect.x, y: rect.y, w: rect.w, h: rect.h }, label);
      return {};
    },
  },
  listCommands: {
    method: "list_commands",
    async answer(viewer, { includeUnavailable: include_unavailable, storeId: recording }) {
      const commands = await viewer.list_commands({ include_unavailable, recording });
      return { commands: commands.map(({ id, description }) => ({ id, description })) };
    },
  },
  describeCommands: {
    method: "list_commands",
    async answer(viewer, { ids, storeId: recording }) {
      return { commands: (await viewer.list_commands({ ids, recording })).map(commandMessage) };
    },
  },
  runCommand: {
    method: "run_command",
    async answer(viewer, { id, storeId: recording, allowBlockingNativeModal: allow_blocking_native_modal }) {
      return { command: commandMessage(await viewer.run_command(id, { recording, allow_blocking_native_modal })) };
    },
  },
};

/** The method that a viewer lacks for a call, or `undefined` if the viewer supports the call. */
export function missingMethod(viewer: object, call: WebCallName): string | undefined {
  const method = CALLS[call]?.method ?? call;
  // Older viewers have methods named `open` and `close` that do something else.
  const needed = method === "open" || method === "close" ? "get_state" : method;
  return typeof (viewer as Partial<Record<string, unknown>>)[needed] === "function" ? undefined : method;
}

/** Makes a call with the methods of a viewer in the page. Rejects with the errors of the viewer. */
export async function callWebViewer<Name extends WebCallName>(
  viewer: ControllableViewer,
  request: { readonly case: Name; readonly value: WebRequestOf<Name> },
): Promise<ViewerResponse> {
  const call = CALLS[request.case];
  if (call === undefined) throw new RerunError("UNSUPPORTED", `viewers in pages have no call \`${request.case}\``);
  return { case: request.case, value: await call.answer(viewer, request.value) } as ViewerResponse;
}

type SetBlueprintRequest = WebRequestOf<"setBlueprint">;
type BlueprintJson = Record<string, Record<string, Record<string, unknown>>>;

/** Merges a change with the current layout, because the viewer's method replaces the whole layout. */
async function setBlueprint(
  viewer: ControllableViewer,
  { json, target, mode }: SetBlueprintRequest,
): Promise<WebResponseOf<"setBlueprint">> {
  const { blueprint: before, recording, table_url: table } = await viewer.get_blueprint(targetOf(target));
  const wanted = parseExactJson(json) as BlueprintJson;
  const blueprint = mode === UPDATE_MODES.partial ? merged(before as BlueprintJson, wanted) : wanted;
  const shown: BlueprintTarget =
    table === undefined ? { kind: "recording", recording } : { kind: "table", table_url: table };
  await viewer.set_blueprint(blueprint, targetOf(target) ?? shown);
  const after = await viewer.get_blueprint(targetOf(target) ?? shown);
  const { blueprint_id: blueprintId, recording: storeId, table_url: tableUrl } = after;
  const createdEntities = Object.keys(after.blueprint).filter((path) => !(path in before));
  return { blueprintId, storeId, tableUrl, createdEntities };
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
