import { RerunError, type RecordingStream, type SetSinksOptions } from "@rerun-ts/core";
import {
  argumentError,
  checkOptions,
  messageOf,
  type OptionNames,
  withRerunErrors,
  invalidArgument,
} from "@rerun-ts/core/checks";
import type { ViewerControl } from "@rerun-ts/core/viewer-control";
import { checkViewerOptions } from "./check-viewer-options.ts";
import { lazyControl } from "./lazy-control.ts";
import { WebViewerListeners, type WebViewerEvents } from "./viewer-events.ts";
import { WEB_VIEWER_SINK_OPTIONS, WebViewerSink, type WebViewerSinkOptions } from "./web-viewer-sink.ts";
import type { WebViewerLike } from "./web-viewer-like.ts";

/**
 * The used part of an `HTMLElement`. Declared here to compile this package with the types of workers, which lack it.
 */
export interface ElementLike {
  readonly tagName: string;
  readonly isConnected: boolean;
}

/** Options of {@link openWebViewer}. `defaultBlueprint` is sent with `recording`, which it requires. */
export interface OpenWebViewerOptions extends WebViewerSinkOptions, SetSinksOptions {
  /** The parent element of the viewer. */
  element: ElementLike;
  /**
   * The recording in the viewer. The viewer becomes its only sink. Default: none. Then pass `sink` of the result to
   * `setSinks`.
   */
  recording?: RecordingStream | undefined;
  /** The CSS width of the viewer in its element. Default `100%`. */
  width?: string | undefined;
  /** The CSS height of the viewer in its element. Default `100%`, or 150 pixels in an element without a height. */
  height?: string | undefined;
  /** The theme. Default: the user's last choice, or else the theme of the system. */
  theme?: "dark" | "light" | "system" | undefined;
  /** The graphics API. Default: WebGPU if it is available. */
  renderBackend?: "webgpu" | "webgl" | undefined;
  /** Whether to hide the examples of Rerun's welcome screen. Default `true`. */
  hideWelcomeScreen?: boolean | undefined;
  /** The URL of the list of examples on the welcome screen. Default: Rerun's. */
  manifestUrl?: string | undefined;
  /** Whether the browser's history has the pages of the welcome screen. Default `false`. */
  enableHistory?: boolean | undefined;
  /** Whether the viewer has a button for full screen. Default `false`. */
  allowFullscreen?: boolean | undefined;
  /** The memory limit of data in the viewer, such as `"2GiB"`. Viewers before 0.39 ignore it. */
  memoryLimit?: string | undefined;
  /** Whether videos are decoded with the graphics card. Default: the browser decides. */
  videoDecoder?: "auto" | "prefer_software" | "prefer_hardware" | undefined;
  /** A token for servers that require one. Default: none. */
  fallbackToken?: string | undefined;
  /** Pages of this site for the login to Rerun's servers. Default: no login. Rerun's web viewer has such pages. */
  login?: { readonly signedInUrl: string; readonly signedOutUrl: string } | undefined;
  /** Whether the viewer asks Rerun's server for a newer version. Default `false`. */
  checkForUpdates?: boolean | undefined;
  /** Fixed states of panels. Default: none. */
  panels?: Partial<Record<WebViewerPanel, "hidden" | "collapsed" | "expanded">> | undefined;
}

/** Options of the viewer by their names in `WebViewer.start`, which takes none that is `undefined`. */
const START_OPTIONS = {
  theme: "theme",
  renderBackend: "render_backend",
  hideWelcomeScreen: "hide_welcome_screen",
  manifestUrl: "manifest_url",
  enableHistory: "enable_history",
  allowFullscreen: "allow_fullscreen",
  memoryLimit: "memory_limit",
  videoDecoder: "video_decoder",
  fallbackToken: "fallback_token",
  checkForUpdates: "check_for_updates_on_startup",
} as const;

const WEB_VIEWER_OPTIONS: OptionNames<OpenWebViewerOptions> = {
  element: 1,
  recording: 1,
  defaultBlueprint: 1,
  width: 1,
  height: 1,
  theme: 1,
  renderBackend: 1,
  hideWelcomeScreen: "boolean",
  manifestUrl: 1,
  enableHistory: "boolean",
  allowFullscreen: "boolean",
  memoryLimit: 1,
  videoDecoder: 1,
  fallbackToken: 1,
  login: 1,
  checkForUpdates: "boolean",
  panels: 1,
  ...WEB_VIEWER_SINK_OPTIONS,
};

/** A panel of the viewer around its views. */
export type WebViewerPanel = "top" | "blueprint" | "selection" | "time";

/** A viewer in the page. */
export interface OpenedWebViewer<Viewer = WebViewerLike> {
  /** The `WebViewer` of `@rerun-io/web-viewer`, for its further methods. */
  readonly viewer: Viewer;
  /**
   * Controls the viewer, as {@link connectViewer} does with a native one. Its first call loads the necessary code.
   * Viewers of 0.33 reject all calls with `UNSUPPORTED`.
   */
  readonly control: ViewerControl;
  /** The sink for recordings in the viewer. */
  readonly sink: WebViewerSink;
  /**
   * Calls a function for each event: `time`, `timeline`, `play`, `pause`, `selection`, `recordingopen`, `filedrop` or
   * `failure`. Returns a function to end this.
   */
  on<Name extends keyof WebViewerEvents>(
    this: void,
    name: Name,
    listener: (event: WebViewerEvents[Name]) => void,
  ): () => void;
  /**
   * The active recording as a `.rrd` file, as the viewer has it.
   *
   * @throws {RerunError} `UNSUPPORTED` if the viewer cannot save, as 0.33, or `NOT_FOUND` if it shows no recording
   */
  readonly saveRecording: () => Promise<Uint8Array>;
  /** Its layout as a `.rbl` file. Rejects as `saveRecording` does. */
  readonly saveBlueprint: () => Promise<Uint8Array>;
  /** Stops the viewer, and removes it from the page. Later data is kept until the viewer is started again. */
  readonly stop: () => void;
}

/** The error for a layout that no recording is sent with. */
export const LONE_BLUEPRINT =
  "`defaultBlueprint` is the layout of `recording`, which is missing; pass it to `setSinks` with the sink of the viewer, or use `control.setBlueprint`";

/** The default size of the viewer: the full width of its place, and the default height of a canvas. */
const UNDEFINED_SIZE = "0 150px";

/** Element that is added to the page. */
interface ViewerFrame {
  /** The element that the viewer is started in. */
  readonly parent: ElementLike;
  readonly remove: () => void;
}

/** The part of an `HTMLElement` that is needed to add elements to it. */
interface PageElement extends ElementLike {
  readonly ownerDocument: { createElement(name: "div"): PageElement };
  readonly style: object;
  append(element: PageElement): void;
  remove(): void;
}

/** The part of the class `WebViewer` that is needed to start and stop it. */
interface StartableViewer extends WebViewerLike {
  start(url: null, parent: ElementLike, options: object): Promise<void>;
  stop(): void;
  override_panel_state(panel: string, state: string): void;
}

/**
 * Opens Rerun's viewer in the page, and shows a recording in it, without a server. The viewer is the npm package
 * `@rerun-io/web-viewer` (about 15 MB compressed), an optional peer dependency loaded by this call. It runs in the
 * thread of the page.
 *
 * Settles when the viewer has started. Data logged before is kept for it. Rejects with `UNSUPPORTED` if the package is
 * not installed or the browser cannot run the viewer, and with `INVALID_ARGUMENT` if an option is wrong.
 *
 * @example
 * await rr.viewer.openWebViewer({ element: document.querySelector("#viewer")!, recording: rec });
 */
export function openWebViewer<Viewer extends WebViewerLike = WebViewerLike>(
  options: OpenWebViewerOptions,
): Promise<OpenedWebViewer<Viewer>> {
  return openViewer(options);
}

/** Does what {@link openWebViewer} does. Rejects with `ABORTED` if the signal fires before the viewer has started. */
export function openViewer<Viewer extends WebViewerLike>(
  options: OpenWebViewerOptions,
  signal?: AbortSignal,
): Promise<OpenedWebViewer<Viewer>> {
  return withRerunErrors(async () => {
    checkOptions("openWebViewer", options, WEB_VIEWER_OPTIONS);
    checkElement((options as Partial<OpenWebViewerOptions> | undefined)?.element);
    checkViewerOptions(options);
    if (options.defaultBlueprint !== undefined && options.recording === undefined)
      throw argumentError("defaultBlueprint", LONE_BLUEPRINT);
    const { element, recording, defaultBlueprint, width, height, login, panels } = options;
    // Loaded before the viewer starts: its first events come soon after, and the caller must not miss them.
    const [viewer, files] = await Promise.all([createViewer(), import("./viewer-files.ts")]);
    throwIfAborted(signal);
    const sink = new WebViewerSink(viewer, pick(options, WEB_VIEWER_SINK_OPTIONS));
    // The sink keeps the buffered data while the viewer starts.
    const settingSink = recording?.setSink(sink, { defaultBlueprint });
    const frame = addFrame(element, width ?? "100%", height ?? "100%");
    const starting = start(viewer, frame, {
      width: "100%",
      height: "100%",
      hide_welcome_screen: true,
      allow_fullscreen: false,
      check_for_updates_on_startup: false,
      ...startOptions(options),
      ...(login && { login: { signed_in_url: login.signedInUrl, signed_out_url: login.signedOutUrl } }),
    });
    const cancel = (): void => stop(viewer, frame);
    signal?.addEventListener("abort", cancel);
    try {
      await starting;
      throwIfAborted(signal);
    } catch (error) {
      await takeBack(recording, sink);
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
    try {
      for (const [panel, state] of Object.entries(panels ?? {})) viewer.override_panel_state(panel, state);
    } catch {
      stop(viewer, frame);
      throw invalidArgument("panels", "panels and their states", panels);
    }
    await settingSink;
    const control = lazyControl(viewer);
    const listeners = new WebViewerListeners(viewer);
    files.openDroppedFiles(frame.parent as HTMLElement, viewer, control, listeners);
    return {
      viewer: viewer as unknown as Viewer,
      control,
      sink,
      saveRecording: () => files.saveFromViewer(viewer, "save_recording"),
      saveBlueprint: () => files.saveFromViewer(viewer, "save_blueprint"),
      on: (name, listener) => listeners.add(name, listener),
      stop: () => stop(viewer, frame),
    };
  });
}

/**
 * Adds an element for the viewer whose size is independent of its content. Otherwise, for example in a grid cell, the
 * element of the page would grow with the canvas without end, because the viewer makes its canvas as large as its
 * element.
 */
function addFrame(element: ElementLike, width: string, height: string): ViewerFrame {
  const page = (element as PageElement).ownerDocument;
  const frame = page.createElement("div");
  const sized = page.createElement("div");
  // The viewer sets the style `relative` on the element in which it is started.
  const parent = page.createElement("div");
  const containment = { contain: "size", containIntrinsicSize: UNDEFINED_SIZE, position: "relative" };
  Object.assign(frame.style, { ...containment, overflow: "hidden", width, height });
  Object.assign(sized.style, { position: "absolute", inset: "0" });
  // As a flex item the canvas is a block, without room for descenders below it.
  Object.assign(parent.style, { display: "flex", height: "100%" });
  sized.append(parent);
  frame.append(sized);
  (element as PageElement).append(frame);
  return { parent, remove: () => frame.remove() };
}

/** The given options with these names. */
function pick(options: object, names: object): object {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name in names));
}

function startOptions(options: OpenWebViewerOptions): object {
  const entries = Object.entries(START_OPTIONS) as [keyof typeof START_OPTIONS, string][];
  return Object.fromEntries(
    entries.map(([name, native]) => [native, options[name]]).filter(([, value]) => value !== undefined),
  );
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new RerunError("ABORTED", "<rerun-viewer> has left the page");
}

/** Lets a recording keep its data for the next sink, because there is no viewer, unless it has other sinks by now. */
async function takeBack(recording: RecordingStream | undefined, sink: WebViewerSink): Promise<void> {
  const { sinks = [] } = recording ?? {};
  if (sinks.length === 1 && sinks[0] === sink) await recording?.disconnect().catch(() => {});
}

function stop(viewer: StartableViewer, frame: ViewerFrame): void {
  viewer.stop();
  frame.remove();
}

/** Elements of other windows have other classes, and custom elements may have names of their own. */
function checkElement(element: unknown): void {
  const { nodeType, namespaceURI } = (element ?? {}) as Partial<Element>;
  if (nodeType !== 1 || namespaceURI !== "http://www.w3.org/1999/xhtml")
    throw invalidArgument("element", "an element of the page", element);
}

async function createViewer(): Promise<StartableViewer> {
  try {
    const { WebViewer } = await import("@rerun-io/web-viewer");
    return new WebViewer() as StartableViewer;
  } catch (error) {
    throw new RerunError(
      "UNSUPPORTED",
      "`openWebViewer` needs the package @rerun-io/web-viewer; `npx rerun-ts viewer-files DIR` writes that of this version",
      { cause: error },
    );
  }
}

async function start(viewer: StartableViewer, frame: ViewerFrame, options: object): Promise<void> {
  try {
    await viewer.start(null, frame.parent, options);
  } catch (error) {
    frame.remove();
    const reason = messageOf(error);
    throw new RerunError("UNSUPPORTED", `the web viewer did not start: ${reason}`, { cause: error });
  }
}
