import type { BlueprintLike, RecordingStream } from "@rerun-ts/core";
import type { ViewerControl } from "@rerun-ts/core/viewer-control";
import type { OpenedWebViewer, OpenWebViewerOptions } from "../viewer/open-web-viewer.ts";
import type { WebViewerEvents } from "../viewer/viewer-events.ts";
import { ViewerSession, type ViewerElementSource } from "./viewer-session.ts";

/** The events of `<rerun-viewer>`: their `detail` by name. */
export interface RerunViewerElementEvents extends WebViewerEvents {
  /** The viewer has started. */
  ready: OpenedWebViewer;
  /** The viewer did not start, or cannot show the source. */
  failure: unknown;
}

const EVENTS: Readonly<Record<keyof WebViewerEvents, true>> = {
  time: true,
  timeline: true,
  play: true,
  pause: true,
  selection: true,
  recordingopen: true,
};

/** Attributes of the element that are options of the viewer. */
const ATTRIBUTES = {
  theme: "theme",
  "render-backend": "renderBackend",
  "memory-limit": "memoryLimit",
  "video-decoder": "videoDecoder",
  "fallback-token": "fallbackToken",
} as const;
const FLAGS = { "allow-fullscreen": "allowFullscreen", "check-for-updates": "checkForUpdates" } as const;
const SOURCE = "src";

/** On a server there are no elements: there the class cannot be used, but it can be imported. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (Object as unknown as typeof HTMLElement);

/**
 * The element `<rerun-viewer>`: Rerun's viewer without a server, as `openWebViewer` opens it. The viewer starts when
 * the element is in the page, and stops when it leaves the page. Attributes besides `src` are read at the start.
 *
 * @example
 * <rerun-viewer src="drive.rrd" theme="light" style="display: block; height: 400px"></rerun-viewer>
 */
export class RerunViewerElement extends Base {
  /** Called by the browser: the attributes whose changes count. */
  static readonly observedAttributes: readonly string[] = [SOURCE];
  /** The layout of `recording`. It counts if it is set before the element is in the page. Default: none. */
  defaultBlueprint: BlueprintLike | undefined;
  /** States that panels are forced into, also set before the element is in the page. Default: none. */
  panels: OpenWebViewerOptions["panels"];
  #session: ViewerSession | undefined;
  #recording: RecordingStream | undefined;
  #source: ViewerElementSource | undefined;

  /** The recording to show. The viewer becomes its only sink. Default: none. */
  get recording(): RecordingStream | undefined {
    return this.#recording;
  }

  set recording(recording: RecordingStream | undefined) {
    this.#recording = recording;
    this.#session?.setRecording(recording);
  }

  /** The source to show: a URL, a file or bytes. The attribute `src` sets it. Default: none. */
  get source(): ViewerElementSource | undefined {
    return this.#source;
  }

  set source(source: ViewerElementSource | undefined) {
    this.#source = source;
    this.#session?.setSource(source).catch((error: unknown) => this.#emit("failure", error));
  }

  /**
   * Resolves to the opened viewer when it has started. Rejects with the reason if it does not start, or if the element
   * is not in the page.
   */
  get opened(): Promise<OpenedWebViewer> {
    return this.#session?.opening ?? Promise.reject(new Error("<rerun-viewer> is not in the page"));
  }

  /** Controls the viewer, from 0.41 on. See `openWebViewer`. */
  get control(): Promise<ViewerControl> {
    return this.opened.then(({ control }) => control);
  }

  /** Called by the browser when the element is in the page. */
  connectedCallback(): void {
    // Moving an element takes it out of the page and puts it in again.
    if (this.#session !== undefined) return;
    const session = new ViewerSession(this.#options());
    this.#session = session;
    session.setRecording(this.#recording);
    if (this.#source !== undefined) this.source = this.#source;
    void this.#listen(session);
  }

  /** Called by the browser when the element has left the page. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return;
      void this.#session?.close();
      this.#session = undefined;
    });
  }

  /** Called by the browser when an attribute has changed. */
  attributeChangedCallback(_name: string, _before: string | null, value: string | null): void {
    this.source = value ?? undefined;
  }

  /** Passes on the events of a viewer. */
  async #listen(session: ViewerSession): Promise<void> {
    try {
      const opened = await session.opening;
      if (session !== this.#session) return;
      for (const name of Object.keys(EVENTS) as (keyof WebViewerEvents)[])
        opened.on(name, (event) => this.#emit(name, event));
      this.#emit("ready", opened);
    } catch (error) {
      this.#emit("failure", error);
    }
  }

  #options(): OpenWebViewerOptions {
    const options: Record<string, unknown> = {};
    for (const [name, option] of Object.entries(ATTRIBUTES)) options[option] = this.getAttribute(name) ?? undefined;
    for (const [name, option] of Object.entries(FLAGS)) if (this.hasAttribute(name)) options[option] = true;
    return { ...options, element: this, panels: this.panels, defaultBlueprint: this.defaultBlueprint };
  }

  #emit<Name extends keyof RerunViewerElementEvents>(name: Name, detail: RerunViewerElementEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** Defines `<rerun-viewer>`, unless it is defined, or there are no elements as on a server. */
export function defineRerunViewer(): void {
  const registry = (globalThis as { customElements?: CustomElementRegistry }).customElements;
  if (registry !== undefined && registry.get("rerun-viewer") === undefined)
    registry.define("rerun-viewer", RerunViewerElement);
}
