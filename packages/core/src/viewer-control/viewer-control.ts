import { throughProxies } from "../checks/through-proxies.ts";
import { ownBytes } from "../checks/kind-of.ts";
import { RerunError } from "../errors/rerun-error.ts";
import type { OptionNames } from "../checks/option-names.ts";
import type { BlueprintLike } from "../recording/recording-options.ts";
import { parseExactJson, stringifyExactJson } from "./exact-json.ts";
import { openInViewer } from "./open-in-viewer.ts";
import type { ArrowStream } from "../arrow/collect-arrow-stream.ts";
import { sendBlueprintTo } from "./send-blueprint-to.ts";
import {
  checkCallOptions,
  int64Of,
  invalidViewerArgument,
  oneOf,
  viewerTarget,
  checkViewerText,
} from "./viewer-arguments.ts";
import {
  callViewer,
  reachViewer,
  remainingTime,
  type CallName,
  type RequestOf,
  type ResponseOf,
  type ViewerConnection,
} from "./viewer-call.ts";
import type {
  CloseViewerRecordings,
  OpenInViewer,
  OpenedInViewer,
  SetViewerBlueprint,
  SetViewerTime,
  ViewerBlueprint,
  ViewerBlueprintJson,
  ViewerBlueprintTarget,
  ViewerCallOptions,
  ViewerColumn,
  ViewerDatasetAsset,
  ViewerDatasetOptions,
  ViewerDatasetSchema,
  ViewerLogEntry,
  ViewerRectangle,
  ViewerSchema,
  ViewerSchemaOptions,
  ViewerScreenshot,
  ViewerSelection,
  ViewerSource,
  ViewerTime,
  ViewerTransformGraphOptions,
} from "./viewer-call-types.ts";
import { EDGES, FRAMES, PLAY_STATES, TIME_TYPES, UPDATE_MODES, wordOf } from "./viewer-enums.ts";
import { EVENT_NAMES, ViewerPolling, type ViewerEventName, type ViewerEvents } from "./viewer-polling.ts";
import {
  commandOf,
  entityOf,
  stateOf,
  timelineOf,
  type ViewerCommand,
  type ViewerState,
  type ViewerStoreId,
} from "./viewer-state.ts";

/** Options of {@link ViewerControl.on}. */
export interface ViewerListenerOptions {
  /** Time between two looks at the viewer, in milliseconds, at least 20. Default 250. */
  intervalMs?: number | undefined;
}

const [POLL_MS, MIN_POLL_MS] = [250, 20];
const CALL_OPTIONS: OptionNames<ViewerCallOptions> = { timeoutMs: 1, signal: 1 };
const DATASET_OPTIONS: OptionNames<ViewerDatasetOptions> = {
  ...CALL_OPTIONS,
  dataset: 1,
  entityPath: 1,
  maxEntities: 1,
};

/**
 * Controls a viewer. It asks for its state, moves its time, opens and closes recordings, takes pictures, and reads and
 * sets its layout. `connectViewer` creates it.
 *
 * All calls reject with a `RerunError`: `INVALID_ARGUMENT`, `CONNECTION` if the viewer cannot be reached within
 * `timeoutMs`, `TIMEOUT` if it does not answer, `ABORTED`, `UNSUPPORTED` if another program has the address or the
 * viewer's version lacks the call, or `SERVER` with the viewer's reason.
 */
export class ViewerControl {
  readonly #connection: ViewerConnection;
  #polling: ViewerPolling | undefined;
  /** The address in messages. */
  readonly url: string;

  /** @internal */
  constructor(url: string, connection: ViewerConnection) {
    throughProxies(this);
    this.url = url;
    this.#connection = connection;
  }

  /**
   * Calls a function for each change that the viewer shows: another `time` or `timeline`, `play`, `pause`, and
   * `recordingopen`. The viewer is asked for its state in intervals, so times between them are not reported. The
   * program runs until the listener is removed. A viewer in the page reports its events itself: see `openWebViewer`.
   *
   * @returns a function that removes the listener
   * @throws {RerunError} as {@link ViewerControl.state} if the viewer does not answer at first. Later it may be away.
   * `UNSUPPORTED` for `selection`, which only viewers in a page report
   *
   * @example
   * const stop = await viewer.on("time", ({ timeline, time }) => console.log(timeline, time));
   */
  async on<Name extends ViewerEventName>(
    name: Name,
    listener: (event: ViewerEvents[Name]) => void,
    options: ViewerListenerOptions = {},
  ): Promise<() => void> {
    checkCallOptions("on", options, { intervalMs: 1 });
    const { intervalMs = POLL_MS } = options;
    if ((name as string) === "selection")
      throw new RerunError("UNSUPPORTED", `${this.#connection.name} reports no selection: call \`selection()\``);
    if (!Object.hasOwn(EVENT_NAMES, name))
      throw invalidViewerArgument("name", `must be one of ${Object.keys(EVENT_NAMES).join(", ")}`, name);
    if (typeof listener !== "function") throw invalidViewerArgument("listener", "must be a function", listener);
    if (!(intervalMs >= MIN_POLL_MS))
      throw invalidViewerArgument("intervalMs", `must be at least ${MIN_POLL_MS}`, intervalMs);
    this.#polling ??= new ViewerPolling((limits) => this.state(limits));
    return this.#polling.add(name, intervalMs, listener);
  }

  /** The state of the viewer: its recordings with their times, its views, its servers, and its version. */
  async state(options?: ViewerCallOptions): Promise<ViewerState> {
    checkCallOptions("state", options, CALL_OPTIONS);
    return stateOf(await this.#call("getState", {}, options));
  }

  /** Moves the time of a recording, plays it or pauses it. Returns the new time. */
  async setTime(options: SetViewerTime): Promise<ViewerTime> {
    checkCallOptions("setTime", options, { ...CALL_OPTIONS, recording: 1, timeline: 1, at: 1, play: 1 });
    const { recording, timeline, at, play } = options;
    if (timeline === undefined && at === undefined && play === undefined)
      throw invalidViewerArgument("options", "must have one of `timeline`, `at` and `play`", options);
    const playState = play === true ? "playing" : play === false ? "paused" : play;
    if (playState !== undefined && !Object.hasOwn(PLAY_STATES, playState))
      throw invalidViewerArgument("play", 'must be a boolean, "paused", "playing" or "following"', play);
    if (playState === "following" && at !== undefined)
      throw invalidViewerArgument("at", 'must be left out with `play: "following"`', at);
    const response = await this.#call(
      "setTimeCursor",
      {
        storeId: recording,
        timeline: timeline === undefined ? undefined : { name: checkViewerText("timeline", timeline) },
        time: at === undefined ? undefined : { time: int64Of(at) },
        playState: playState === undefined ? undefined : PLAY_STATES[playState],
      },
      options,
    );
    return {
      recording: response.storeId,
      timeline: response.timeline?.name ?? "",
      kind: wordOf(TIME_TYPES, response.timeType),
      time: response.time?.time,
    };
  }

  /**
   * Opens sources: paths of files on the viewer's machine, `http(s)://` URLs of recordings, `rerun+http://` URLs of
   * servers, and the bytes or blobs of `.rrd` files. Resolves after they are loaded, or after a few seconds with
   * `loading`.
   *
   * @throws {RerunError} `NOT_FOUND` if the viewer has opened nothing, with its reason, or `INVALID_FORMAT` if bytes
   * are not a recording
   */
  async open(sources: ViewerSource | readonly ViewerSource[], options: OpenInViewer = {}): Promise<OpenedInViewer> {
    checkCallOptions("open", options, { ...CALL_OPTIONS, navigate: "boolean" });
    const all = Array.isArray(sources) ? (sources as readonly ViewerSource[]) : [sources as ViewerSource];
    if (all.length === 0)
      throw invalidViewerArgument("sources", "must be at least one URL, path or recording", sources);
    const openUrl = async (url: string, limits: ViewerCallOptions): Promise<OpenedInViewer> => {
      const request = { url, navigate: options.navigate ?? true };
      const { storeIds: recordings, loading } = await this.#call("open", request, limits);
      return { recordings, loading };
    };
    // A program may reuse the memory while the first sources are loading.
    return openInViewer(this, this.#connection, openUrl, all.map(ownBytes), options);
  }

  /**
   * Shows a table, which replaces a table of the same name.
   *
   * @param name its name in the viewer
   * @param arrow an Arrow IPC stream with one record batch, such as `tableToIPC(table, "stream")` of apache-arrow
   * @throws {RerunError} `INVALID_FORMAT` if the bytes are not an Arrow IPC stream
   */
  async sendTable(name: string, arrow: ArrowStream, options: ViewerCallOptions = {}): Promise<void> {
    checkCallOptions("sendTable", options, CALL_OPTIONS);
    const stream = ownBytes(arrow);
    const { sendTableTo } = await import("./send-table-to.ts");
    await sendTableTo(this.#connection, name, stream, options);
  }

  /** Closes recordings, or without options the current one. Returns their ids or URLs. */
  async close(options: CloseViewerRecordings = {}): Promise<readonly string[]> {
    checkCallOptions("close", options, { ...CALL_OPTIONS, recordings: 1, urls: 1, all: "boolean" });
    const { recordings, urls, all = false } = options;
    if (Number(recordings !== undefined) + Number(urls !== undefined) + Number(all) > 1)
      throw invalidViewerArgument("options", "must have at most one of `recordings`, `urls` and `all`", options);
    let target: NonNullable<RequestOf<"close">["target"]> = { case: all ? "all" : "current", value: true };
    if (recordings !== undefined) target = { case: "storeIds", value: { storeIds: [...recordings] } };
    if (urls !== undefined) target = { case: "urls", value: { urls: [...urls] } };
    return (await this.#call("close", { target }, options)).closed;
  }

  /** Takes a picture of the window, or of one view. Returns a PNG. */
  async screenshot(options: ViewerScreenshot = {}): Promise<Uint8Array> {
    checkCallOptions("screenshot", options, { ...CALL_OPTIONS, view: 1, maxSize: 1 });
    const { view: viewId, maxSize } = options;
    if (maxSize !== undefined && !(Number.isInteger(maxSize) && maxSize > 0))
      throw invalidViewerArgument("maxSize", "must be a positive integer", maxSize);
    const { png } = await this.#call("saveScreenshot", { viewId, maxSize }, options);
    if (png === undefined || png.length === 0)
      throw new RerunError("SERVER", `${this.#connection.name} sent no picture`);
    return png;
  }

  /** The entities of a recording with their components, and its timelines. */
  async schema(options: ViewerSchemaOptions = {}): Promise<ViewerSchema> {
    checkCallOptions("schema", options, { ...CALL_OPTIONS, recording: 1, entityPath: 1, maxEntities: 1 });
    const { recording: storeId, entityPath, maxEntities } = options;
    const request = { storeId, entityPath, maxEntities, withArchetypes: true, withComponents: true };
    const response = await this.#call("getRecordingSchema", request, options);
    return {
      recording: response.storeId,
      timelines: response.timelines.map(timelineOf),
      entities: response.entities.map(entityOf),
      omittedEntities: response.omittedEntities,
    };
  }

  /** The entities of a dataset on a server in the viewer. Loads nothing. */
  async datasetSchema(options: ViewerDatasetOptions = {}): Promise<ViewerDatasetSchema> {
    checkCallOptions("datasetSchema", options, DATASET_OPTIONS);
    const { dataset: datasetUrl, entityPath, maxEntities } = options;
    const request = { datasetUrl, entityPath, maxEntities };
    const { timelines, entities, omittedEntities, assetIds } = await this.#call("getDatasetSchema", request, options);
    return { timelines, entities: entities.map(entityOf), omittedEntities, assetIds };
  }

  /** The assets of a dataset on a server in the viewer, with their entities. */
  async datasetAssets(options: ViewerDatasetOptions = {}): Promise<readonly ViewerDatasetAsset[]> {
    checkCallOptions("datasetAssets", options, DATASET_OPTIONS);
    const { dataset: datasetUrl, entityPath, maxEntities } = options;
    const { assets } = await this.#call("getDatasetAssetsSchema", { datasetUrl, entityPath, maxEntities }, options);
    return assets.map(({ assetId, entities, omittedEntities }) => ({
      assetId,
      entities: entities.map(entityOf),
      omittedEntities,
    }));
  }

  /** The columns of a table, in the order on the screen. Default: the table on the screen. */
  async tableSchema(
    options: ViewerCallOptions & { table?: string | undefined } = {},
  ): Promise<readonly ViewerColumn[]> {
    checkCallOptions("tableSchema", options, { ...CALL_OPTIONS, table: 1 });
    const { columns } = await this.#call("getTableSchema", { tableUrl: options.table }, options);
    return columns.map(({ name, displayName, datatype }) => ({ name, displayName, datatype }));
  }

  /** The layout of a recording or a table, as JSON. Integers above 2^53 are bigints. */
  async blueprint(options: ViewerBlueprintTarget = {}): Promise<ViewerBlueprint> {
    checkCallOptions("blueprint", options, { ...CALL_OPTIONS, recording: 1, table: 1 });
    const target = viewerTarget(options) ?? { case: undefined };
    const response = await this.#call("getBlueprint", { target }, options);
    const { blueprintId, storeId: recording, tableUrl: table, json } = response;
    return { blueprintId, recording, table, blueprint: parseExactJson(json) as ViewerBlueprintJson };
  }

  /**
   * Changes the layout of a recording or a table: to a blueprint, or to JSON in the form of `blueprint()`. Returns the
   * added entities. A blueprint is shown for all recordings of the same application.
   */
  async setBlueprint(
    blueprint: ViewerBlueprintJson | BlueprintLike,
    options: SetViewerBlueprint = {},
  ): Promise<readonly string[]> {
    checkCallOptions("setBlueprint", options, { ...CALL_OPTIONS, recording: 1, table: 1, partial: "boolean" });
    if (typeof blueprint !== "object" || blueprint === null)
      throw invalidViewerArgument("blueprint", "must be a blueprint, or an object by entity path", blueprint);
    const target = viewerTarget(options) ?? { case: "recording" as const, value: {} };
    if ("encodeBlueprint" in blueprint && typeof blueprint.encodeBlueprint === "function")
      return sendBlueprintTo(this, this.#connection, blueprint as BlueprintLike, options);
    const mode = options.partial === true ? UPDATE_MODES.partial : UPDATE_MODES.full;
    const request = { json: stringifyExactJson(blueprint), target, mode };
    return (await this.#call("setBlueprint", request, options)).createdEntities;
  }

  /** The lines of the viewer's log, oldest first. With `after`, only the lines after this sequence number. */
  async logs(options: ViewerCallOptions & { after?: bigint | undefined } = {}): Promise<readonly ViewerLogEntry[]> {
    checkCallOptions("logs", options, { ...CALL_OPTIONS, after: 1 });
    const { after } = options;
    if (after !== undefined && typeof after !== "bigint")
      throw invalidViewerArgument("after", "must be a bigint", after);
    const { entries } = await this.#call("getLogs", { afterSequence: after }, options);
    return entries.map(({ sequence, level, target, message }) => ({ sequence, level, target, message }));
  }

  /** The available commands of the viewer's palette, or with `all` all of them. */
  async commands(options: ViewerCallOptions & { all?: boolean | undefined } = {}): Promise<readonly ViewerCommand[]> {
    checkCallOptions("commands", options, { ...CALL_OPTIONS, all: "boolean" });
    const { commands } = await this.#call("listCommands", { includeUnavailable: options.all === true }, options);
    const ids = commands.map(({ id }) => id);
    if (ids.length === 0) return [];
    const described = await this.#call("describeCommands", { ids }, options);
    return described.commands.map(commandOf);
  }

  /**
   * Runs a command of the palette by its id, and returns the command. Resolves after the viewer has queued it. Commands
   * that open a dialog of the system need `allowBlockingDialog`.
   */
  async run(
    id: string,
    options: ViewerCallOptions & {
      recording?: ViewerStoreId | undefined;
      allowBlockingDialog?: boolean | undefined;
    } = {},
  ): Promise<ViewerCommand | undefined> {
    checkCallOptions("run", options, { ...CALL_OPTIONS, recording: 1, allowBlockingDialog: "boolean" });
    const { recording: storeId, allowBlockingDialog: allowBlockingNativeModal } = options;
    const request = { id: checkViewerText("id", id), storeId, allowBlockingNativeModal };
    const { command } = await this.#call("runCommand", request, options);
    return command && commandOf(command);
  }

  /**
   * The selection, if the viewer has a call for it: viewers before 0.43 have none. Over gRPC the viewer is asked which
   * calls it has.
   *
   * @throws {RerunError} `UNSUPPORTED`, with the version of the viewer
   */
  async selection(options: ViewerCallOptions = {}): Promise<ViewerSelection> {
    checkCallOptions("selection", options, CALL_OPTIONS);
    const remaining = remainingTime(options);
    const attempt = async (signal: AbortSignal): Promise<{ selection: ViewerSelection | undefined }> => ({
      selection: await this.#connection.selection(signal),
    });
    const { name } = this.#connection;
    const { selection } = await reachViewer(name, attempt, remaining(), true, options.timeoutMs);
    if (selection !== undefined) return selection;
    const { viewerVersion = "unknown" } = await this.state(remaining());
    const reason = `${name} has the version ${viewerVersion}, which has no call for the selection`;
    throw new RerunError("UNSUPPORTED", `the selection cannot be read: ${reason}`);
  }

  /** The URL of the current page of the viewer, or empty if the viewer has none. */
  async location(options?: ViewerCallOptions): Promise<string> {
    checkCallOptions("location", options, CALL_OPTIONS);
    return (await this.#call("getLocation", {}, options)).location;
  }

  /** Goes to a page of the viewer, such as the `location` of a recording. */
  async setLocation(location: string, options?: ViewerCallOptions): Promise<void> {
    checkCallOptions("setLocation", options, CALL_OPTIONS);
    await this.#call("setLocation", { location: checkViewerText("location", location) }, options);
  }

  /** The coordinate frames of a recording, as the viewer's JSON. */
  async transformGraph(options: ViewerTransformGraphOptions = {}): Promise<unknown> {
    checkCallOptions("transformGraph", options, {
      ...CALL_OPTIONS,
      recording: 1,
      frames: 1,
      edges: 1,
      includeTransforms: "boolean",
    });
    const { recording: storeId, frames, edges, includeTransforms } = options;
    const request = {
      storeId,
      frameFilter: frames === undefined ? undefined : oneOf("frames", frames, FRAMES),
      edgeFilter: edges === undefined ? undefined : oneOf("edges", edges, EDGES),
      includeTransforms,
    };
    return parseExactJson((await this.#call("getTransformGraph", request, options)).json);
  }

  /** Draws a frame with a label in the window, or with `undefined` removes it. */
  async highlight(
    rectangle: ViewerRectangle | undefined,
    options: ViewerCallOptions & { label?: string | undefined } = {},
  ): Promise<void> {
    checkCallOptions("highlight", options, { ...CALL_OPTIONS, label: 1 });
    const rect = rectangle && { x: rectangle.x, y: rectangle.y, w: rectangle.width, h: rectangle.height };
    await this.#call("highlightRect", { rect, label: options.label }, options);
  }

  #call<Name extends CallName>(
    name: Name,
    value: RequestOf<Name>,
    options?: ViewerCallOptions,
  ): Promise<ResponseOf<Name>> {
    return callViewer(this.#connection, name, value, options);
  }
}

/** Creates the control of a viewer. `url` is its address in messages. */
export function createViewerControl(url: string, connection: ViewerConnection): ViewerControl {
  return new ViewerControl(url, connection);
}
