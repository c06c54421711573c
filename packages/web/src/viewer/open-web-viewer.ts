import { RerunError, type RecordingStream } from "@rerun-ts/core";
import { describeValue } from "@rerun-ts/core/internal";
import { WebViewerSink, type WebViewerSinkOptions } from "./web-viewer-sink.ts";
import type { WebViewerLike } from "./web-viewer-like.ts";

/** An element of the page: what is needed of it, so that workers, whose types know none, can use this package. */
export interface ElementLike {
  readonly tagName: string;
  readonly isConnected: boolean;
}

/** Options of {@link openWebViewer}. */
export interface OpenWebViewerOptions extends WebViewerSinkOptions {
  /** Where the viewer goes. */
  element: ElementLike;
  /** What it shows: the viewer becomes its only sink. Without it, put `sink` of the result into `setSinks` yourself. */
  recording?: RecordingStream | undefined;
  /** CSS width of the viewer. Default `100%`. */
  width?: string | undefined;
  /** CSS height of the viewer. Default `100%`. */
  height?: string | undefined;
  /** Default: what the viewer remembers, else the system's. */
  theme?: "dark" | "light" | "system" | undefined;
  /** What draws it. Default: WebGPU where there is any. */
  renderBackend?: "webgpu" | "webgl" | undefined;
  /** Whether the examples of Rerun's welcome screen are left out. Default `true`. */
  hideWelcomeScreen?: boolean | undefined;
  /** Whether the viewer has a button that lets it fill the screen. Default `false`. */
  allowFullscreen?: boolean | undefined;
  /** Which panels are forced to be like this. Default: none. */
  panels?: Partial<Record<WebViewerPanel, "hidden" | "collapsed" | "expanded">> | undefined;
}

/** A panel of the viewer around its views. */
export type WebViewerPanel = "top" | "blueprint" | "selection" | "time";

/** A viewer in the page. */
export interface OpenedWebViewer<Viewer = WebViewerLike> {
  /** The `WebViewer` of `@rerun-io/web-viewer`, for everything else that it can do. */
  readonly viewer: Viewer;
  /** What shows a recording in it. */
  readonly sink: WebViewerSink;
  /** Stops the viewer, which takes it out of the page. What is logged later waits for a new start, or another sink. */
  readonly stop: () => void;
}

/** What is used of the class `WebViewer`. */
interface StartableViewer extends WebViewerLike {
  start(url: null, parent: ElementLike, options: object): Promise<void>;
  stop(): void;
  override_panel_state(panel: string, state: string): void;
}

/**
 * Opens Rerun's viewer in the page, and shows a recording in it, without any server. The viewer is the npm package
 * `@rerun-io/web-viewer` (some 15 MB compressed), which is an optional peer and is loaded by this call.
 * Settles when the viewer has started; what is logged until then waits.
 *
 * @throws {RerunError} `UNSUPPORTED` if the package is not installed, or the browser cannot run the viewer
 * @throws {TypeError} if an option is wrong
 *
 * @example
 * await rr.openWebViewer({ element: document.querySelector("#viewer"), recording: rec });
 */
export async function openWebViewer<Viewer extends WebViewerLike = WebViewerLike>(
  options: OpenWebViewerOptions,
): Promise<OpenedWebViewer<Viewer>> {
  const {
    element,
    recording,
    width,
    height,
    theme,
    renderBackend,
    hideWelcomeScreen,
    allowFullscreen,
    panels,
    ...rest
  } = checked(options);
  const viewer = await makeViewer();
  const sink = new WebViewerSink(viewer, rest);
  // What the recording kept waits in the sink while the viewer starts.
  const setting = recording?.setSink(sink);
  await start(viewer, element, {
    width: width ?? "100%",
    height: height ?? "100%",
    hide_welcome_screen: hideWelcomeScreen ?? true,
    allow_fullscreen: allowFullscreen ?? false,
    ...(theme === undefined ? {} : { theme }),
    ...(renderBackend === undefined ? {} : { render_backend: renderBackend }),
  });
  for (const [panel, state] of Object.entries(panels ?? {})) viewer.override_panel_state(panel, state);
  await setting;
  return { viewer: viewer as unknown as Viewer, sink, stop: () => viewer.stop() };
}

function checked(options: OpenWebViewerOptions): OpenWebViewerOptions {
  const { element } = (options ?? {}) as Partial<OpenWebViewerOptions>;
  if (typeof HTMLElement === "undefined" || !(element instanceof HTMLElement))
    throw new TypeError(`\`element\` must be an element of the page, got ${describeValue(element)}`);
  return options;
}

async function makeViewer(): Promise<StartableViewer> {
  try {
    const { WebViewer } = await import("@rerun-io/web-viewer");
    return new WebViewer() as StartableViewer;
  } catch (error) {
    throw new RerunError(
      "UNSUPPORTED",
      "`openWebViewer` needs the viewer, which is a package of its own: npm install @rerun-io/web-viewer",
      { cause: error },
    );
  }
}

async function start(viewer: StartableViewer, element: ElementLike, options: object): Promise<void> {
  try {
    await viewer.start(null, element, options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RerunError("UNSUPPORTED", `the web viewer did not start: ${reason}`, { cause: error });
  }
}
