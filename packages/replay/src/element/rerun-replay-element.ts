import { RerunError } from "@rerun-ts/core";
import { invalidArgument, toRerunError } from "@rerun-ts/core/checks";
import { openReplay, type OpenedReplay, type PageSource } from "./open-replay.ts";
import { REPLAY_STYLE } from "./styles.ts";
import { linkElement, type ReplayViewer } from "./viewer-link.ts";

/** The base class. A server has no elements, so the class can be imported there, but not used. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (Object as unknown as typeof HTMLElement);
const NS_PER_MS = 1_000_000;
/** For this time after its own change, the element ignores the viewer, which is some frames behind. */
const OWN_CHANGE_MS = 400;

/** The events of `<rerun-replay>`: their `detail` by name. */
export interface RerunReplayElementEvents {
  /** The page can be shown. */
  ready: { readonly start: bigint; readonly end: bigint };
  /** The page is shown at a time, in nanoseconds since 1970. */
  shown: { readonly time: bigint };
  /** The page cannot be shown. */
  failure: RerunError | TypeError;
}

/** The part of `<rerun-viewer>` with the recording. */
type ViewerWithRecording = HTMLElement & { readonly source?: PageSource; readonly recording?: object };

const VIEWER = "an object with `subscribe`, `show` and `play`; an element has its id in the attribute `for`";
const TIME = "nanoseconds since 1970, as a bigint or a finite number";
/** The time between two looks at a live recording. */
const REFRESH_MS = 500;
/** Events of a live recording come by this time, in nanoseconds, after others of their time. */
const LATE_NS = 2_000_000_000n;

const LIVE_RECORDING =
  "the viewer shows the live recording of its property `recording`, whose data only the viewer has: set `source` to a `MemorySink` of the recording, or to a file";

/**
 * The element `<rerun-replay>`: a page that `recordPage` has recorded, at any time of the recording. The page runs no
 * script and loads nothing. Attributes:
 *
 * - `for`: the id of a `<rerun-viewer>`. Both have one time: each follows the other. The recording is that of the
 *   viewer's attribute `src`, unless there is a `src` or a `source`.
 * - `src`: the URL of a recording.
 * - `entity`: the entity of the page. Default `/page`.
 *
 * Events: see {@link RerunReplayElementEvents}.
 *
 * @example
 * <rerun-viewer id="v" src="visit.rrd"></rerun-viewer>
 * <rerun-replay for="v" entity="/page"></rerun-replay>
 */
export class RerunReplayElement extends Base {
  /** Read by the browser: the attributes that call `attributeChangedCallback`. */
  static readonly observedAttributes: readonly string[] = ["src", "entity", "for"];
  #source: PageSource | undefined;
  /** The viewer of the property, which goes before that of `for`. */
  #givenViewer: ReplayViewer | undefined;
  #viewer: ReplayViewer | undefined;
  #replay: OpenedReplay | undefined;
  #opening: AbortController | undefined;
  #end: (() => void)[] = [];
  #wanted: bigint | undefined;
  #isPlaying = false;
  #ignoresViewerUntil = 0;
  #isStarting = false;

  /** Called by the browser. */
  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.innerHTML =
      `<style>${REPLAY_STYLE}</style><div id="stage"><div id="page"><div id="pointer" hidden></div></div><p role="status"></p></div>` +
      `<div id="bar"><button type="button" aria-label="Play">▶</button>` +
      `<input type="range" min="0" max="1" step="any" value="0" aria-label="Time" /><output></output></div>`;
    this.#part("button").addEventListener("click", () => this.#play(!this.#isPlaying));
    const slider = this.#part("input") as HTMLInputElement;
    slider.addEventListener("input", () => this.#toSlider(slider.valueAsNumber));
    for (const name of ["source", "viewer", "time"] as const) {
      const early = Object.getOwnPropertyDescriptor(this, name);
      if (early === undefined) continue;
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, early.value);
    }
  }

  /**
   * The recording: its URL, a file, its bytes, or one that is still being logged: a `MemorySink` of it, or messages as
   * `openLive` takes them. A live page is shown at its newest time until another one is set. Default: the recording of
   * the attribute `src`, or of the viewer.
   */
  get source(): PageSource | undefined {
    return this.#source;
  }

  set source(source: PageSource | null | undefined) {
    this.#source = source ?? undefined;
    this.#restart();
  }

  /** The viewer with the same time. Default: the `<rerun-viewer>` of the attribute `for`. */
  get viewer(): ReplayViewer | undefined {
    return this.#viewer;
  }

  set viewer(viewer: ReplayViewer | null | undefined) {
    this.#givenViewer = viewer ?? undefined;
    this.#viewer = this.#givenViewer;
    this.#restart();
  }

  /**
   * The time, in nanoseconds since 1970. The viewer follows. Default: the start of the page.
   *
   * @throws {TypeError} for any other value than a bigint or a finite number
   */
  get time(): bigint | undefined {
    return this.#wanted ?? this.#replay?.player.time;
  }

  set time(time: bigint | number | null | undefined) {
    if (time === null || time === undefined) return;
    void this.setTime(checkTime(time));
  }

  /**
   * Shows a time, in nanoseconds since 1970, and sets that of the viewer. Resolves when the page is shown. Rejects with
   * a `TypeError` if the time is neither a bigint nor a finite number.
   */
  async setTime(time: bigint | number): Promise<void> {
    const wanted = checkTime(time);
    this.#ignoresViewerUntil = performance.now() + OWN_CHANGE_MS;
    this.#viewer?.show(wanted);
    await this.#show(wanted);
  }

  /** The document of the page, for tests and tools. `undefined` until there is one. */
  get page(): Document | undefined {
    return this.#replay?.frame.contentDocument ?? undefined;
  }

  /** Called by the browser when the element is in the page. */
  connectedCallback(): void {
    this.#restart();
  }

  /** Called by the browser when the element has left the page. */
  disconnectedCallback(): void {
    this.#restart();
  }

  /** Called by the browser when an attribute has changed. */
  attributeChangedCallback(_name: string, before: string | null, value: string | null): void {
    if (before !== value) this.#restart();
  }

  /** Starts again after the current task, in which the element may get further attributes. */
  #restart(): void {
    if (this.#isStarting) return;
    this.#isStarting = true;
    queueMicrotask(() => {
      this.#isStarting = false;
      this.#stop();
      if (this.isConnected) void this.#start();
    });
  }

  #stop(): void {
    this.#opening?.abort();
    this.#opening = undefined;
    this.#showPlaying(false);
    for (const end of this.#end.splice(0)) end();
    this.#replay?.close();
    this.#replay = undefined;
  }

  async #start(): Promise<void> {
    const opening = new AbortController();
    this.#opening = opening;
    const root = this.getRootNode() as Document | ShadowRoot;
    const id = this.getAttribute("for");
    const element = id === null ? undefined : (root.getElementById?.(id) ?? undefined);
    if (id !== null && element === undefined && this.#givenViewer === undefined)
      return this.#fail(invalidArgument("for", "the id of a `<rerun-viewer>` in the same document", id));
    if (this.#givenViewer !== undefined && typeof this.#givenViewer.subscribe !== "function")
      return this.#fail(invalidArgument("viewer", VIEWER, this.#givenViewer));
    const viewer = this.#givenViewer ?? (element && linkElement(element));
    this.#viewer = viewer;
    const given: ViewerWithRecording | undefined = element;
    const source = this.#source ?? this.getAttribute("src") ?? given?.source ?? given?.getAttribute("src") ?? undefined;
    if (source === undefined && given?.recording !== undefined)
      return this.#fail(new RerunError("UNSUPPORTED", LIVE_RECORDING));
    this.#say(source === undefined ? "Nothing to play: set `src`, or `for` with the id of a viewer." : "Loading …");
    if (source === undefined) return;
    try {
      const entity = this.getAttribute("entity") ?? "/page";
      const replay = await openReplay(source, entity, this.#part("#page"), opening.signal, (text) => {
        if (!opening.signal.aborted) this.#say(text);
      });
      if (opening.signal.aborted) return replay.close();
      this.#replay = replay;
      this.#say("");
      if (viewer !== undefined) this.#end.push(viewer.subscribe((time, timeline) => void this.#follow(time, timeline)));
      const resize = new ResizeObserver(() => this.#layOut());
      resize.observe(this.#part("#stage"));
      this.#end.push(() => resize.disconnect());
      const { start, end } = replay.player.events;
      this.#emit("ready", { start, end });
      await this.#show(this.#wanted ?? (replay.refresh === undefined ? start : end));
      if (replay.refresh !== undefined) await this.#goOn(replay, replay.refresh);
    } catch (error) {
      if (opening.signal.aborted) return;
      this.#fail(toRerunError(error));
    }
  }

  /** Shows what a live recording gets, until another one is opened. */
  async #goOn(replay: OpenedReplay, refresh: () => Promise<void>): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
      if (replay !== this.#replay) return;
      const before = replay.player.events.end;
      await refresh();
      if (replay !== this.#replay) return;
      const wanted = this.#wanted ?? before;
      const isAtEnd = wanted >= before && this.#viewer === undefined;
      if (isAtEnd || wanted + LATE_NS > before) await this.#show(isAtEnd ? replay.player.events.end : wanted);
      else this.#layOut();
    }
  }

  #fail(failure: RerunError | TypeError): void {
    this.#say(`The page cannot be shown: ${failure.message}`);
    this.#emit("failure", failure);
  }

  /** Shows what the viewer shows. */
  async #follow(time: number, timeline: string | undefined): Promise<void> {
    if (performance.now() < this.#ignoresViewerUntil) return;
    const at = await this.#replay?.toLogTime(time, timeline);
    if (at !== undefined) await this.#show(at);
  }

  async #show(time: bigint): Promise<void> {
    this.#wanted = time;
    const replay = this.#replay;
    if (replay === undefined) return;
    await replay.player.seek(time);
    if (replay !== this.#replay) return;
    this.#layOut();
    this.#emit("shown", { time: replay.player.time ?? time });
  }

  #layOut(): void {
    const replay = this.#replay;
    if (replay === undefined) return;
    const { width, height, pointer } = replay.player.document;
    const [stage, page, mark] = [this.#part("#stage"), this.#part("#page"), this.#part("#pointer")];
    const scale = Math.min(stage.clientWidth / width, stage.clientHeight / height) || 1;
    const [left, top] = [(stage.clientWidth - width * scale) / 2, (stage.clientHeight - height * scale) / 2];
    Object.assign(page.style, { width: `${width}px`, height: `${height}px` });
    page.style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
    mark.hidden = pointer === undefined;
    if (pointer !== undefined) Object.assign(mark.style, { left: `${pointer.x}px`, top: `${pointer.y}px` });
    const { start, end } = replay.player.events;
    const now = replay.player.time ?? start;
    const slider = this.#part("input") as HTMLInputElement;
    if (!slider.matches(":active")) slider.valueAsNumber = Number(now - start) / Math.max(1, Number(end - start));
    this.#part("output").textContent = `${describe(now - start)} / ${describe(end - start)}`;
  }

  #toSlider(part: number): void {
    const events = this.#replay?.player.events;
    if (events === undefined) return;
    void this.setTime(events.start + BigInt(Math.round(part * Number(events.end - events.start))));
  }

  #play(isPlaying: boolean): void {
    const replay = this.#replay;
    if (replay === undefined) return;
    this.#showPlaying(isPlaying);
    if (this.#viewer !== undefined) {
      this.#viewer.show(this.time ?? replay.player.events.start);
      return this.#viewer.play(isPlaying);
    }
    let last = performance.now();
    const step = (now: number): void => {
      if (!this.#isPlaying || replay !== this.#replay) return;
      const time = (this.time ?? replay.player.events.start) + BigInt(Math.round((now - last) * NS_PER_MS));
      last = now;
      if (time >= replay.player.events.end) this.#play(false);
      void this.#show(time);
      requestAnimationFrame(step);
    };
    if (isPlaying) requestAnimationFrame(step);
  }

  #showPlaying(isPlaying: boolean): void {
    this.#isPlaying = isPlaying;
    const button = this.#part("button");
    button.textContent = isPlaying ? "❚❚" : "▶";
    button.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
  }

  #say(text: string): void {
    const status = this.#part("p");
    status.textContent = text;
    status.hidden = text === "";
  }

  #part(selector: string): HTMLElement {
    return this.shadowRoot?.querySelector(selector) as HTMLElement;
  }

  #emit<Name extends keyof RerunReplayElementEvents>(name: Name, detail: RerunReplayElementEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function checkTime(time: bigint | number): bigint {
  if (typeof time === "bigint") return time;
  if (!Number.isFinite(time)) throw invalidArgument("time", TIME, time);
  return BigInt(Math.round(time));
}

/** A duration as minutes and seconds. */
function describe(nanoseconds: bigint): string {
  const seconds = Number(nanoseconds) / 1e9;
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - minutes * 60).toFixed(1).padStart(4, "0")}`;
}

/** Defines `<rerun-replay>` once. Does nothing on a server, which has no elements. */
export function defineRerunReplay(): void {
  const registry = (globalThis as { customElements?: CustomElementRegistry }).customElements;
  if (registry !== undefined && registry.get("rerun-replay") === undefined)
    registry.define("rerun-replay", RerunReplayElement);
}
