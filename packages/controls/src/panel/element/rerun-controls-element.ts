import { PanelClient } from "../client/panel-client.ts";
import type { PanelState } from "../client/panel-state.ts";
import { takeTokens } from "../own-token.ts";
import { followKeys } from "./follow-keys.ts";
import { followViewer } from "./follow-viewer.ts";
import { make, setText } from "./make-element.ts";
import { ProgramSection } from "./program-section.ts";
import { STYLE } from "./styles.ts";

/** The base class. A server has no elements, so the class can be imported there, but not used. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (Object as unknown as typeof HTMLElement);

let sheet: CSSStyleSheet | undefined;

/**
 * The element `<rerun-controls>`: the controls of programs at a relay, for people. It connects when it is in the page.
 * Attributes:
 *
 * - `url`: the WebSocket of the relay, or its address over `http://`. Default: the server of the page, at `/ws`.
 * - `token`: the token for control. Default: that in the fragment of the page's address, `#control=TOKEN`, which is
 *   removed there.
 * - `for`: the id of a `<rerun-viewer>`. A click in it is told to the program of its recording, and keys of the page to
 *   all programs.
 * - `theme`: `light` or `dark`. Default: that of the system.
 *
 * @example
 * <rerun-viewer id="viewer" src="rerun+http://127.0.0.1:9876/proxy"></rerun-viewer>
 * <rerun-controls url="ws://127.0.0.1:9876/ws" for="viewer"></rerun-controls>
 */
export class RerunControlsElement extends Base {
  /** Read by the browser: the attributes that call `attributeChangedCallback`. */
  static readonly observedAttributes: readonly string[] = ["url", "token", "for"];
  readonly #sections = new Map<string, ProgramSection>();
  readonly #state: HTMLElement;
  readonly #programs: HTMLElement;
  readonly #news: HTMLElement;
  #client: PanelClient | undefined;
  #end: (() => void)[] = [];
  #isWaiting = false;

  /** Called by the browser. */
  constructor() {
    super();
    this.#state = make("p", { role: "status" });
    this.#programs = make("div");
    this.#news = make("div", { class: "quiet", "aria-live": "polite" });
    const root = this.attachShadow({ mode: "open" });
    if (sheet === undefined) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
    }
    root.adoptedStyleSheets = [sheet];
    root.append(this.#state, this.#programs, this.#news);
  }

  /** The channel to the programs, for further controls of the page. `undefined` while the element is not in it. */
  get client(): PanelClient | undefined {
    return this.#client;
  }

  /** Called by the browser when the element is in the page. */
  connectedCallback(): void {
    if (!this.hasAttribute("role")) this.setAttribute("role", "region");
    if (!this.hasAttribute("aria-label")) this.setAttribute("aria-label", "Controls");
    this.#startLater();
  }

  /** Called by the browser when the element has left the page. */
  disconnectedCallback(): void {
    this.#startLater();
  }

  /** Called by the browser when an attribute has changed. */
  attributeChangedCallback(_name: string, before: string | null, value: string | null): void {
    if (before === value || this.#client === undefined) return;
    this.#stop();
    this.#startLater();
  }

  /** Starts or stops after the current task, in which the element may move or get further attributes. */
  #startLater(): void {
    queueMicrotask(() => {
      if (!this.isConnected) this.#stop();
      else if (this.#client === undefined) this.#start();
    });
  }

  #start(): void {
    const token = this.getAttribute("token") ?? takeTokens().control;
    const url = socketUrl(this.getAttribute("url") ?? "/ws");
    if (url === undefined) return setText(this.#state, "The attribute `url` must be the address of a relay.");
    if (token === "") return setText(this.#state, "This page has no token: open the address that the program prints.");
    const client = new PanelClient({ url, token });
    this.#client = client;
    this.#end = [client.subscribe(() => this.#renderLater()), () => client.close(), this.#followKeys(client)];
    this.#followViewer(client);
    this.#render();
  }

  #stop(): void {
    this.#client = undefined;
    for (const end of this.#end.splice(0)) end();
    this.#sections.clear();
    this.#programs.replaceChildren();
  }

  #followKeys(client: PanelClient): () => void {
    return followKeys(this, {
      onButtonKey: (code, isDown) =>
        [...this.#sections.values()].map((section) => section.onKey(code, isDown)).includes(true),
      onOtherKey: (code) => {
        if (!this.hasAttribute("for")) return;
        for (const { program, isGone } of client.state.programs) if (!isGone) client.key(program, code);
      },
    });
  }

  #followViewer(client: PanelClient): void {
    const viewer = (this.getRootNode() as Document | ShadowRoot).getElementById(this.getAttribute("for") ?? "");
    if (viewer === null) return;
    const end = followViewer(viewer, (pick, applicationId, recordingId) => {
      for (const { program, application, recording, isGone } of client.state.programs)
        if (!isGone && application === applicationId && recording === recordingId) client.pick(program, pick);
    });
    this.#end.push(end);
  }

  /** Shows all changes of a task together. */
  #renderLater(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    queueMicrotask(() => {
      this.#isWaiting = false;
      this.#render();
    });
  }

  #render(): void {
    const client = this.#client;
    if (client === undefined) return;
    const { state } = client;
    setText(this.#state, describe(state));
    this.#state.classList.toggle("bad", state.connection === "disconnected");
    const shown = new Set(state.programs.map(({ program }) => program));
    for (const [program, section] of this.#sections) {
      if (shown.has(program)) continue;
      section.element.remove();
      this.#sections.delete(program);
    }
    const news: string[] = [];
    for (const program of state.programs) {
      let section = this.#sections.get(program.program);
      if (section === undefined) {
        section = new ProgramSection(client, program.program);
        this.#sections.set(program.program, section);
        this.#programs.append(section.element);
      }
      news.push(...section.update(state, program));
    }
    if (news.length > 0) this.#news.textContent = news.join(". ");
  }
}

function describe({ connection, problem, programs }: PanelState): string {
  if (connection === "connecting") return "Connecting …";
  if (connection === "connected") return programs.length === 0 ? "No program offers controls." : "";
  return `No connection${problem === undefined ? "" : `: ${problem}`}. Trying again …`;
}

/** The WebSocket of a relay, from its address. `undefined` if it is none. */
function socketUrl(given: string): string | undefined {
  if (!URL.canParse(given, location.href)) return undefined;
  const url = new URL(given, location.href);
  url.protocol = url.protocol.replace(/^http/, "ws");
  url.hash = "";
  if (url.pathname === "/") url.pathname = "/ws";
  return /^wss?:$/.test(url.protocol) ? url.href : undefined;
}

/** Defines `<rerun-controls>` once. Does nothing on a server, which has no elements. */
export function defineRerunControls(): void {
  const registry = (globalThis as { customElements?: CustomElementRegistry }).customElements;
  if (registry !== undefined && registry.get("rerun-controls") === undefined)
    registry.define("rerun-controls", RerunControlsElement);
}
