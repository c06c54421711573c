import { throughProxies } from "../checks/through-proxies.ts";
import { ownBytes } from "../checks/kind-of.ts";
import { RerunError } from "../errors/rerun-error.ts";
import type { BlueprintLike } from "../recording/recording-options.ts";
import { parseExactJson, stringifyExactJson } from "./exact-json.ts";
import { closeTarget } from "./close-target.ts";
import { openInViewer } from "./open-in-viewer.ts";
import type { ArrowStream } from "../arrow/collect-arrow-stream.ts";
import { sendBlueprintTo } from "./send-blueprint-to.ts";
import { readSelection } from "./read-selection.ts";
import { readTransformGraph } from "./read-transform-graph.ts";
import { setViewerTime } from "./set-viewer-time.ts";
import { checkCallOptions, checkViewerText, invalidViewerArgument, viewerTarget } from "./viewer-arguments.ts";
import { callViewer, type CallName, type RequestOf, type ResponseOf, type ViewerConnection } from "./viewer-call.ts";
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
import { UPDATE_MODES } from "./viewer-enums.ts";
import {
  ViewerPolling,
  type ViewerEventName,
  type ViewerEvents,
  type ViewerListenerOptions,
} from "./viewer-polling.ts";
import { datasetAssetsOf, datasetSchemaOf, schemaOf } from "./viewer-schemas.ts";
import { commandOf, stateOf, type ViewerCommand, type ViewerState, type ViewerStoreId } from "./viewer-state.ts";

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
    this.#polling ??= new ViewerPolling(this.#connection.name, this);
    return this.#polling.add(name, listener, options);
  }

  /** The state of the viewer: its recordings with their times, its views, its servers, and its version. */
  async state(options?: ViewerCallOptions): Promise<ViewerState> {
    checkCallOptions("state", options, {});
    return stateOf(await this.#call("getState", {}, options));
  }

  /** Moves the time of a recording, plays it or pauses it. Returns the new time. */
  async setTime(options: SetViewerTime): Promise<ViewerTime> {
    return setViewerTime(this.#connection, options);
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
    checkCallOptions("open", options, { navigate: "boolean" });
    const all = Array.isArray(sources) ? (sources as readonly ViewerSource[]) : [sources as ViewerSource];
    if (all.length === 0)
      throw invalidViewerArgument("sources", "must be at least one URL, path or recording", sources);
    // A program may reuse the memory while the first sources are loading.
    return openInViewer(this, this.#connection, all.map(ownBytes), options);
  }

  /**
   * Shows a table, which replaces a table of the same name.
   *
   * @param name its name in the viewer
   * @param arrow an Arrow IPC stream with one record batch, such as `tableToIPC(table, "stream")` of apache-arrow
   * @throws {RerunError} `INVALID_FORMAT` if the bytes are not an Arrow IPC stream
   */
  async sendTable(name: string, arrow: ArrowStream, options: ViewerCallOptions = {}): Promise<void> {
    checkCallOptions("sendTable", options, {});
    const stream = ownBytes(arrow);
    const { sendTableTo } = await import("./send-table-to.ts");
    await sendTableTo(this.#connection, name, stream, options);
  }

  /** Closes recordings, or without options the current one. Returns their ids or URLs. */
  async close(options: CloseViewerRecordings = {}): Promise<readonly string[]> {
    checkCallOptions("close", options, { recordings: 1, urls: 1, all: "boolean" });
    return (await this.#call("close", { target: closeTarget(options) }, options)).closed;
  }

  /** Takes a picture of the window, or of one view. Returns a PNG. */
  async screenshot(options: ViewerScreenshot = {}): Promise<Uint8Array> {
    checkCallOptions("screenshot", options, { view: 1, maxSize: 1 });
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
    checkCallOptions("schema", options, { recording: 1, entityPath: 1, maxEntities: 1 });
    const { recording: storeId, entityPath, maxEntities } = options;
    const request = { storeId, entityPath, maxEntities, withArchetypes: true, withComponents: true };
    return schemaOf(await this.#call("getRecordingSchema", request, options));
  }

  /** The entities of a dataset on a server in the viewer. Loads nothing. */
  async datasetSchema(options: ViewerDatasetOptions = {}): Promise<ViewerDatasetSchema> {
    checkCallOptions("datasetSchema", options, { dataset: 1, entityPath: 1, maxEntities: 1 });
    const { dataset: datasetUrl, entityPath, maxEntities } = options;
    const request = { datasetUrl, entityPath, maxEntities };
    return datasetSchemaOf(await this.#call("getDatasetSchema", request, options));
  }

  /** The assets of a dataset on a server in the viewer, with their entities. */
  async datasetAssets(options: ViewerDatasetOptions = {}): Promise<readonly ViewerDatasetAsset[]> {
    checkCallOptions("datasetAssets", options, { dataset: 1, entityPath: 1, maxEntities: 1 });
    const { dataset: datasetUrl, entityPath, maxEntities } = options;
    const request = { datasetUrl, entityPath, maxEntities };
    return datasetAssetsOf(await this.#call("getDatasetAssetsSchema", request, options));
  }

  /** The columns of a table, in the order on the screen. Default: the table on the screen. */
  async tableSchema(
    options: ViewerCallOptions & { table?: string | undefined } = {},
  ): Promise<readonly ViewerColumn[]> {
    checkCallOptions("tableSchema", options, { table: 1 });
    const { columns } = await this.#call("getTableSchema", { tableUrl: options.table }, options);
    return columns.map(({ name, displayName, datatype }) => ({ name, displayName, datatype }));
  }

  /** The layout of a recording or a table, as JSON. Integers above 2^53 are bigints. */
  async blueprint(options: ViewerBlueprintTarget = {}): Promise<ViewerBlueprint> {
    checkCallOptions("blueprint", options, { recording: 1, table: 1 });
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
    checkCallOptions("setBlueprint", options, { recording: 1, table: 1, partial: "boolean" });
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
    checkCallOptions("logs", options, { after: 1 });
    const { after } = options;
    if (after !== undefined && typeof after !== "bigint")
      throw invalidViewerArgument("after", "must be a bigint", after);
    const { entries } = await this.#call("getLogs", { afterSequence: after }, options);
    return entries.map(({ sequence, level, target, message }) => ({ sequence, level, target, message }));
  }

  /** The available commands of the viewer's palette, or with `all` all of them. */
  async commands(options: ViewerCallOptions & { all?: boolean | undefined } = {}): Promise<readonly ViewerCommand[]> {
    checkCallOptions("commands", options, { all: "boolean" });
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
    checkCallOptions("run", options, { recording: 1, allowBlockingDialog: "boolean" });
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
    return readSelection(this, this.#connection, options);
  }

  /** The URL of the current page of the viewer, or empty if the viewer has none. */
  async location(options?: ViewerCallOptions): Promise<string> {
    checkCallOptions("location", options, {});
    return (await this.#call("getLocation", {}, options)).location;
  }

  /** Goes to a page of the viewer, such as the `location` of a recording. */
  async setLocation(location: string, options?: ViewerCallOptions): Promise<void> {
    checkCallOptions("setLocation", options, {});
    await this.#call("setLocation", { location: checkViewerText("location", location) }, options);
  }

  /** The coordinate frames of a recording, as the viewer's JSON. */
  async transformGraph(options: ViewerTransformGraphOptions = {}): Promise<unknown> {
    return readTransformGraph(this.#connection, options);
  }

  /** Draws a frame with a label in the window, or with `undefined` removes it. */
  async highlight(
    rectangle: ViewerRectangle | undefined,
    options: ViewerCallOptions & { label?: string | undefined } = {},
  ): Promise<void> {
    checkCallOptions("highlight", options, { label: 1 });
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
