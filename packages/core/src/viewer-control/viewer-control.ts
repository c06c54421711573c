import { checkOptions } from "../checks/check-arguments.ts";
import { RerunError } from "../errors/rerun-error.ts";
import { toRerunError } from "../errors/to-rerun-error.ts";
import {
  BlueprintUpdateMode,
  GetTransformGraphRequest_EdgeFilter as EdgeFilter,
  GetTransformGraphRequest_FrameFilter as FrameFilter,
  PlayState,
} from "../gen/rerun/viewer_control/v1alpha1/viewer_control_pb.ts";
import type { OptionNames } from "../checks/option-names.ts";
import { toBigInt } from "../time/int64.ts";
import { resolveTimeValue, type TimeCell, type TimeValue } from "../time/time-value.ts";
import {
  callViewer,
  invalid,
  type KindName,
  type RequestOf,
  type ResponseOf,
  type ViewerTransport,
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
  ViewerLogEntry,
  ViewerRectangle,
  ViewerSchema,
  ViewerSchemaOptions,
  ViewerScreenshot,
  ViewerTime,
  ViewerTransformGraphOptions,
} from "./viewer-call-types.ts";
import {
  commandOf,
  entityOf,
  kindOf,
  stateOf,
  timelineOf,
  type ViewerCommand,
  type ViewerPlayState,
  type ViewerState,
  type ViewerStoreId,
} from "./viewer-state.ts";

const PLAY: Readonly<Record<ViewerPlayState, PlayState>> = {
  paused: PlayState.PAUSED,
  playing: PlayState.PLAYING,
  following: PlayState.FOLLOWING,
};
const FRAMES = { entity: FrameFilter.ENTITY_PATH, named: FrameFilter.NAMED, all: FrameFilter.ALL } as const;
const EDGES = { static: EdgeFilter.STATIC, temporal: EdgeFilter.TEMPORAL, all: EdgeFilter.ALL } as const;
const CALL_OPTIONS: OptionNames<ViewerCallOptions> = { timeoutMs: 1, signal: 1 };

/**
 * Controls a viewer: asks for its state, moves its time, opens and closes recordings, takes pictures, and reads and
 * sets its layout. `connectViewer` creates it.
 *
 * All calls reject with a `RerunError`: `INVALID_ARGUMENT`, `CONNECTION` if the viewer cannot be reached within
 * `timeoutMs`, `TIMEOUT` if it does not answer, `ABORTED`, `UNSUPPORTED` if there is no viewer at the address or its
 * version lacks the call, or `SERVER` with the viewer's reason.
 */
export class ViewerControl {
  readonly #send: ViewerTransport;
  /** The address in messages. */
  readonly url: string;

  /** @internal */
  constructor(url: string, send: ViewerTransport) {
    this.url = url;
    this.#send = send;
  }

  /** The state of the viewer: its recordings with their times, its views, its servers, and its version. */
  async state(options?: ViewerCallOptions): Promise<ViewerState> {
    check("state", options, CALL_OPTIONS);
    return stateOf(await this.#call("getState", {}, options));
  }

  /** Moves the time of a recording, plays it or pauses it. Returns the time that it shows then. */
  async setTime(options: SetViewerTime): Promise<ViewerTime> {
    check("setTime", options, { ...CALL_OPTIONS, recording: 1, timeline: 1, at: 1, play: 1 });
    const { recording, timeline, at, play } = options;
    if (timeline === undefined && at === undefined && play === undefined)
      throw invalid("options", "must have one of `timeline`, `at` and `play`", options);
    const playState = play === true ? "playing" : play === false ? "paused" : play;
    if (playState !== undefined && !Object.hasOwn(PLAY, playState))
      throw invalid("play", 'must be a boolean, "paused", "playing" or "following"', play);
    if (playState === "following" && at !== undefined)
      throw invalid("at", 'must be left out with `play: "following"`', at);
    const response = await this.#call(
      "setTimeCursor",
      {
        storeId: recording,
        timeline: timeline === undefined ? undefined : { name: text("timeline", timeline) },
        time: at === undefined ? undefined : { time: int64Of(at) },
        playState: playState === undefined ? undefined : PLAY[playState],
      },
      options,
    );
    return {
      recording: response.storeId,
      timeline: response.timeline?.name ?? "",
      kind: kindOf(response.timeType),
      time: response.time?.time,
    };
  }

  /**
   * Opens sources: paths of files on the viewer's machine, `http(s)://` URLs of recordings, and `rerun+http://` URLs of
   * servers. Resolves when they are loaded, or after a few seconds with `loading`.
   *
   * @throws {RerunError} `NOT_FOUND` if the viewer has opened nothing, with its reason
   */
  async open(sources: string | readonly string[], options?: OpenInViewer): Promise<OpenedInViewer> {
    check("open", options, { ...CALL_OPTIONS, navigate: "boolean" });
    const urls = typeof sources === "string" ? [sources] : [...sources];
    if (urls.length === 0) throw invalid("sources", "must be at least one URL or path", sources);
    const recordings = new Set<string>();
    const loading = new Set<string>();
    for (const url of urls) {
      const before = await this.#lastLog(options);
      const response = await this.#call(
        "open",
        { url: text("sources", url), navigate: options?.navigate ?? true },
        options,
      );
      // The viewer answers that all is well if a file is missing: its log alone has the reason.
      if (response.storeIds.length === 0 && response.loading.length === 0) {
        const lines = await this.logs({ ...options, after: before });
        const failure = lines.find(({ level }) => level === "ERROR");
        if (failure !== undefined)
          throw new RerunError("NOT_FOUND", `the viewer cannot open ${url}: ${failure.message}`, {
            argument: "sources",
          });
      }
      for (const id of response.storeIds) recordings.add(id);
      for (const one of response.loading) loading.add(one);
    }
    return { recordings: [...recordings], loading: [...loading] };
  }

  /** Closes recordings; without options the current one. Returns the ids or URLs of what was closed. */
  async close(options: CloseViewerRecordings = {}): Promise<readonly string[]> {
    check("close", options, { ...CALL_OPTIONS, recordings: 1, urls: 1, all: "boolean" });
    const { recordings, urls, all = false } = options;
    if (Number(recordings !== undefined) + Number(urls !== undefined) + Number(all) > 1)
      throw invalid("options", "must have at most one of `recordings`, `urls` and `all`", options);
    let target: NonNullable<RequestOf<"close">["target"]> = { case: all ? "all" : "current", value: true };
    if (recordings !== undefined) target = { case: "storeIds", value: { storeIds: [...recordings] } };
    if (urls !== undefined) target = { case: "urls", value: { urls: [...urls] } };
    return (await this.#call("close", { target }, options)).closed;
  }

  /** Takes a picture of the window, or of one view. Returns a PNG. */
  async screenshot(options: ViewerScreenshot = {}): Promise<Uint8Array> {
    check("screenshot", options, { ...CALL_OPTIONS, view: 1, maxSize: 1 });
    const { view: viewId, maxSize } = options;
    if (maxSize !== undefined && !(Number.isInteger(maxSize) && maxSize > 0))
      throw invalid("maxSize", "must be a positive integer", maxSize);
    const { png } = await this.#call("saveScreenshot", { viewId, maxSize }, options);
    if (png === undefined || png.length === 0)
      throw new RerunError("SERVER", `the viewer at ${this.url} sent no picture`);
    return png;
  }

  /** The entities of a recording with their components, and its timelines. */
  async schema(options: ViewerSchemaOptions = {}): Promise<ViewerSchema> {
    check("schema", options, { ...CALL_OPTIONS, recording: 1, entityPath: 1, maxEntities: 1 });
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

  /** The layout of a recording or a table, as JSON. */
  async blueprint(options: ViewerBlueprintTarget = {}): Promise<ViewerBlueprint> {
    check("blueprint", options, { ...CALL_OPTIONS, recording: 1, table: 1 });
    const target = targetOf(options);
    const response = await this.#call("getBlueprint", target === undefined ? {} : { target }, options);
    const { blueprintId, storeId: recording, tableUrl: table, json } = response;
    return { blueprintId, recording, table, blueprint: JSON.parse(json) as ViewerBlueprintJson };
  }

  /** Changes the layout of a recording or a table, in the form of `blueprint()`. Returns the added entities. */
  async setBlueprint(blueprint: ViewerBlueprintJson, options: SetViewerBlueprint = {}): Promise<readonly string[]> {
    check("setBlueprint", options, { ...CALL_OPTIONS, recording: 1, table: 1, partial: "boolean" });
    if (typeof blueprint !== "object" || blueprint === null)
      throw invalid("blueprint", "must be an object by entity path", blueprint);
    const mode = options.partial === true ? BlueprintUpdateMode.PARTIAL : BlueprintUpdateMode.FULL;
    const request = {
      json: JSON.stringify(blueprint),
      target: targetOf(options) ?? { case: "recording", value: {} },
      mode,
    };
    return (await this.#call("setBlueprint", request, options)).createdEntities;
  }

  /** The lines of the viewer's log, oldest first; with `after` only those after that sequence number. */
  async logs(options: ViewerCallOptions & { after?: bigint | undefined } = {}): Promise<readonly ViewerLogEntry[]> {
    check("logs", without(options, "navigate"), { ...CALL_OPTIONS, after: 1 });
    const { entries } = await this.#call("getLogs", { afterSequence: options.after }, options);
    return entries.map(({ sequence, level, target, message }) => ({ sequence, level, target, message }));
  }

  /** The commands of the viewer's palette that are available, or with `all` all of them. */
  async commands(options: ViewerCallOptions & { all?: boolean | undefined } = {}): Promise<readonly ViewerCommand[]> {
    check("commands", options, { ...CALL_OPTIONS, all: "boolean" });
    const { commands } = await this.#call("listCommands", { includeUnavailable: options.all === true }, options);
    const ids = commands.map(({ id }) => id);
    if (ids.length === 0) return [];
    const described = await this.#call("describeCommands", { ids }, options);
    return described.commands.map(commandOf);
  }

  /**
   * Runs a command of the palette by its id, and returns it. Resolves when the viewer has it in its queue. If a
   * command opens a dialog of the system, it needs `allowBlockingDialog`.
   */
  async run(
    id: string,
    options: ViewerCallOptions & {
      recording?: ViewerStoreId | undefined;
      allowBlockingDialog?: boolean | undefined;
    } = {},
  ): Promise<ViewerCommand | undefined> {
    check("run", options, { ...CALL_OPTIONS, recording: 1, allowBlockingDialog: "boolean" });
    const { recording: storeId, allowBlockingDialog: allowBlockingNativeModal } = options;
    const request = { id: text("id", id), storeId, allowBlockingNativeModal };
    const { command } = await this.#call("runCommand", request, options);
    return command && commandOf(command);
  }

  /** The URL of the current page of the viewer; empty if it has none. */
  async location(options?: ViewerCallOptions): Promise<string> {
    check("location", options, CALL_OPTIONS);
    return (await this.#call("getLocation", {}, options)).location;
  }

  /** Goes to a page of the viewer, such as the `location` of a recording. */
  async setLocation(location: string, options?: ViewerCallOptions): Promise<void> {
    check("setLocation", options, CALL_OPTIONS);
    await this.#call("setLocation", { location: text("location", location) }, options);
  }

  /** The coordinate frames of a recording, as the viewer's JSON. */
  async transformGraph(options: ViewerTransformGraphOptions = {}): Promise<unknown> {
    check("transformGraph", options, {
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
    return JSON.parse((await this.#call("getTransformGraph", request, options)).json) as unknown;
  }

  /** Draws a frame with a label in the window, or with `undefined` removes it. */
  async highlight(
    rectangle: ViewerRectangle | undefined,
    options: ViewerCallOptions & { label?: string | undefined } = {},
  ): Promise<void> {
    check("highlight", options, { ...CALL_OPTIONS, label: 1 });
    const rect = rectangle && { x: rectangle.x, y: rectangle.y, w: rectangle.width, h: rectangle.height };
    await this.#call("highlightRect", { rect, label: options.label }, options);
  }

  async #lastLog(options: ViewerCallOptions | undefined): Promise<bigint | undefined> {
    return (await this.logs(options)).at(-1)?.sequence;
  }

  #call<Name extends KindName>(
    name: Name,
    value: RequestOf<Name>,
    options?: ViewerCallOptions,
  ): Promise<ResponseOf<Name>> {
    return callViewer(this.url, this.#send, name, value, options);
  }
}

/** The recording or the table of a layout; `undefined` for what is on the screen. */
function targetOf({ recording, table }: ViewerBlueprintTarget) {
  if (recording !== undefined && table !== undefined)
    throw invalid("options", "must have at most one of `recording` and `table`", { recording, table });
  if (table !== undefined) return { case: "table", value: { tableUrl: table } } as const;
  return recording === undefined ? undefined : ({ case: "recording", value: { storeId: recording } } as const);
}

/** The integer of a time: a sequence number, or nanoseconds. */
function int64Of(at: TimeValue): bigint {
  const cell: TimeCell = { kind: "sequence", hi: 0, lo: 0 };
  try {
    resolveTimeValue(at, cell);
  } catch (error) {
    throw new RerunError("INVALID_ARGUMENT", `\`at\` ${(error as Error).message}`, { argument: "at", cause: error });
  }
  return toBigInt(cell);
}

/** Checks the options of a call. @throws {RerunError} `INVALID_ARGUMENT` */
function check<Options extends object>(call: string, options: Options | undefined, known: OptionNames<Options>): void {
  try {
    checkOptions(call, options, known);
  } catch (error) {
    throw toRerunError(error);
  }
}

function oneOf<Word extends string, Value>(name: string, word: Word, values: Readonly<Record<Word, Value>>): Value {
  if (Object.hasOwn(values, word)) return values[word];
  throw invalid(
    name,
    `must be one of ${Object.keys(values)
      .map((key) => JSON.stringify(key))
      .join(", ")}`,
    word,
  );
}

function text(name: string, value: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw invalid(name, "must be a non-empty string", value);
}

function without<Options extends object>(options: Options, name: string): Options {
  return Object.fromEntries(Object.entries(options).filter(([key]) => key !== name)) as Options;
}

/** Creates the control of a viewer; `url` is its address in messages. */
export function createViewerControl(url: string, send: ViewerTransport): ViewerControl {
  return new ViewerControl(url, send);
}
