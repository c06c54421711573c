import { RerunError, type BlueprintLike, type RecordingStream, type TimeValue } from "@rerun-ts/core";
import { invalidArgument, toRerunError } from "@rerun-ts/core/checks";
import type { ViewerControl } from "@rerun-ts/core/viewer-control";
import type { OpenedWebViewer, OpenWebViewerOptions } from "../viewer/open-web-viewer.ts";
import type { WebViewerEvents } from "../viewer/viewer-events.ts";
import { ViewerSession, type ViewerElementSource } from "./viewer-session.ts";
import type { TimeSettings } from "./wanted-time.ts";

/** The events of `<rerun-viewer>`: their `detail` by name. */
export interface RerunViewerElementEvents extends WebViewerEvents {
  /** The viewer has started. */
  ready: OpenedWebViewer;
  /** The viewer did not start, or cannot show the source, a dropped file, or something else that the page wants. */
  failure: RerunError;
}

/** The events of `<rerun-viewer>` for listeners, besides those of all elements. */
type ElementEventMap = Omit<HTMLElementEventMap, keyof RerunViewerElementEvents> & {
  readonly [Name in keyof RerunViewerElementEvents]: CustomEvent<RerunViewerElementEvents[Name]>;
};

/** Options of the viewer that are read at its start. */
export type RerunViewerElementOptions = Omit<OpenWebViewerOptions, "element" | "recording">;

const EVENTS: Readonly<Record<keyof WebViewerEvents, true>> = {
  time: true,
  timeline: true,
  play: true,
  pause: true,
  selection: true,
  recordingopen: true,
  filedrop: true,
  failure: true,
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
const ACCESSORS = ["recording", "source", "timeline", "time", "playing", "selection"] as const;

/** The base class. A server has no elements, so the class can be imported there, but not used. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (Object as unknown as typeof HTMLElement);

/**
 * The element `<rerun-viewer>`: Rerun's viewer without a server, as `openWebViewer` opens it. The viewer starts when
 * the element is in the page, and stops when it leaves the page. For properties, `null` means `undefined`. Attributes
 * besides `src`, `options`, `panels` and `defaultBlueprint` are read at the start, after the task in which the element
 * was added.
 *
 * @example
 * <rerun-viewer src="drive.rrd" theme="light" style="display: block; height: 400px"></rerun-viewer>
 */
export class RerunViewerElement extends Base {
  /** Read by the browser: the attributes that call `attributeChangedCallback`. */
  static readonly observedAttributes: readonly string[] = [SOURCE];
  /** Further options of the viewer, as those of `openWebViewer`. Attributes take precedence. Default: none. */
  options: RerunViewerElementOptions | undefined = earlyProperty(this, "options");
  /** The layout of `recording`. Default: none. */
  defaultBlueprint: BlueprintLike | undefined = earlyProperty(this, "defaultBlueprint");
  /** States that panels are forced into. Default: none. */
  panels: OpenWebViewerOptions["panels"] = earlyProperty(this, "panels");
  #session: ViewerSession | undefined;
  #recording: RecordingStream | undefined;
  #source: ViewerElementSource | undefined;
  #time: TimeSettings = {};
  #shownTime: number | undefined;
  #selection: string | undefined;

  /** Called by the browser, which also upgrades elements that were in the page before the class was defined. */
  constructor() {
    super();
    for (const name of ACCESSORS) {
      const early = Object.getOwnPropertyDescriptor(this, name);
      if (early === undefined) continue;
      // The element's own property would hide the accessor of the class.
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, early.value);
    }
  }

  /** The recording to show. The viewer becomes its only sink. Default: none. */
  get recording(): RecordingStream | undefined {
    return this.#recording;
  }

  set recording(given: RecordingStream | null | undefined) {
    const recording = typeof given?.setSink === "function" ? given : undefined;
    if (recording === undefined && given !== undefined && given !== null)
      this.#fail(invalidArgument("recording", "a RecordingStream", given));
    this.#recording = recording;
    this.#session?.setRecording(recording);
  }

  /** The source to show: a URL, a file or bytes. The attribute `src` sets it. Default: none. */
  get source(): ViewerElementSource | undefined {
    return this.#source;
  }

  set source(given: ViewerElementSource | null | undefined) {
    const source = given ?? undefined;
    if (source === this.#source) return;
    this.#source = source;
    this.#showSource();
  }

  /** The timeline to show. Default: the choice of the viewer. */
  get timeline(): string | undefined {
    return this.#time.timeline;
  }

  set timeline(given: string | null | undefined) {
    const timeline = given ?? undefined;
    if (timeline === this.#time.timeline) return;
    this.#shownTime = undefined;
    this.#setTime({ timeline });
  }

  /**
   * The time to show, on `timeline` or else on the viewer's timeline, as soon as a recording has this time. The user
   * may move to other times, which the event `time` reports. Default: none.
   */
  get time(): TimeValue | undefined {
    return this.#time.time;
  }

  set time(given: TimeValue | null | undefined) {
    const time = given ?? undefined;
    const isShown = (typeof time === "bigint" ? Number(time) : time) === this.#shownTime;
    if (isShown) this.#setTime({ time }, {});
    else this.#setTime({ time });
  }

  /** Whether the time moves. Default: the choice of the viewer. */
  get playing(): boolean | undefined {
    return this.#time.playing;
  }

  set playing(given: boolean | null | undefined) {
    const playing = given ?? undefined;
    if (playing !== this.#time.playing) this.#setTime({ playing });
  }

  /**
   * The path of the entity to select. No viewer up to 0.41 can do this: it causes an event `failure` with the code
   * `UNSUPPORTED`. The event `selection` reports what the user selects. Default: none.
   */
  get selection(): string | undefined {
    return this.#selection;
  }

  set selection(given: string | null | undefined) {
    const selection = given ?? undefined;
    if (selection === this.#selection) return;
    this.#selection = selection;
    if (this.#session !== undefined) this.#select();
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

  /** Calls a function for each event: see {@link RerunViewerElementEvents}. */
  override addEventListener<Name extends keyof ElementEventMap>(
    type: Name,
    listener: (this: HTMLElement, event: ElementEventMap[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(type: string, listener: never, options?: boolean | AddEventListenerOptions): void {
    super.addEventListener(type, listener, options);
  }

  /** Ends the calls of a function. */
  override removeEventListener<Name extends keyof ElementEventMap>(
    type: Name,
    listener: (this: HTMLElement, event: ElementEventMap[Name]) => void,
    options?: boolean | EventListenerOptions,
  ): void;
  override removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
  override removeEventListener(type: string, listener: never, options?: boolean | EventListenerOptions): void {
    super.removeEventListener(type, listener, options);
  }

  /** Called by the browser when the element is in the page. */
  connectedCallback(): void {
    // Moving an element disconnects and connects it.
    if (this.#session !== undefined) return;
    const session = new ViewerSession(
      () => this.#allOptions(),
      (error) => this.#fail(error),
    );
    this.#session = session;
    this.#shownTime = undefined;
    session.setRecording(this.#recording);
    if (this.#source !== undefined) this.#showSource();
    if (Object.values(this.#time).some((value) => value !== undefined)) this.#setTime(this.#time);
    this.#select();
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
    this.#source = value ?? undefined;
    this.#showSource();
  }

  #showSource(): void {
    this.#session?.setSource(this.#source).catch((error: unknown) => this.#fail(error));
  }

  /** @param applied the changes to pass to the viewer */
  #setTime(changes: TimeSettings, applied: TimeSettings = changes): void {
    this.#time = { ...this.#time, ...changes };
    void this.#session?.setTime(this.#time, applied);
  }

  #select(): void {
    if (this.#selection === undefined) return;
    const reason = "the viewer in this page cannot select an entity: `@rerun-io/web-viewer` lacks this up to 0.41";
    void this.#session?.opening.then(
      () => this.#emit("failure", new RerunError("UNSUPPORTED", reason, { argument: "selection" })),
      () => {},
    );
  }

  /** Passes on the events of a viewer. */
  async #listen(session: ViewerSession): Promise<void> {
    try {
      const opened = await session.opening;
      if (session !== this.#session) return;
      opened.on("time", ({ time }) => {
        this.#shownTime = time;
      });
      for (const name of Object.keys(EVENTS) as (keyof WebViewerEvents)[])
        opened.on(name, (event) => this.#emit(name, event));
      this.#emit("ready", opened);
    } catch (error) {
      if (session === this.#session) this.#fail(error);
    }
  }

  #allOptions(): OpenWebViewerOptions {
    const all: Record<string, unknown> = { ...this.options };
    for (const [name, option] of Object.entries(ATTRIBUTES)) all[option] = this.getAttribute(name) ?? all[option];
    for (const [name, option] of Object.entries(FLAGS)) if (this.hasAttribute(name)) all[option] = true;
    if (this.panels !== undefined) all["panels"] = this.panels;
    if (this.defaultBlueprint !== undefined) all["defaultBlueprint"] = this.defaultBlueprint;
    return { ...all, element: this };
  }

  #fail(error: unknown): void {
    this.#emit("failure", toRerunError(error));
  }

  #emit<Name extends keyof RerunViewerElementEvents>(name: Name, detail: RerunViewerElementEvents[Name]): void {
    // Test runners on Node leave its own class in the place of that of the simulated page, whose elements refuse it.
    const page = this.ownerDocument.defaultView ?? globalThis;
    const isDone = this.dispatchEvent(new page.CustomEvent(name, { detail, cancelable: name === "filedrop" }));
    if (!isDone && "preventDefault" in detail) detail.preventDefault();
  }
}

/** The value that a page has given to a property of an element before the class of the element was there. */
function earlyProperty<Name extends "options" | "defaultBlueprint" | "panels">(
  element: RerunViewerElement,
  name: Name,
): RerunViewerElement[Name] {
  return element[name];
}

/** Defines `<rerun-viewer>`, unless it is defined, or there are no elements as on a server. */
export function defineRerunViewer(): void {
  const registry = (globalThis as { customElements?: CustomElementRegistry }).customElements;
  if (registry !== undefined && registry.get("rerun-viewer") === undefined)
    registry.define("rerun-viewer", RerunViewerElement);
}
