import type { EncodedMessage } from "@rerun-ts/core";
import * as rr from "@rerun-ts/web";
import { MemorySink, WebViewerSink } from "@rerun-ts/web";

/** The entity of the properties that describe a recording. */
const PROPERTIES = "/__properties";
const PANELS = { top: "hidden", selection: "hidden" } as const;
/** How often and for how long the viewer is reminded to draw: some versions draw new views only if something moves. */
const [REMIND_MS, REMINDERS] = [500, 20];

type Viewer = Awaited<ReturnType<typeof rr.viewer.openWebViewer>>;

/** Options of {@link ShownRecordings}. */
export interface ShownRecordingsOptions {
  /** The number of bytes to keep for the download. After this, the oldest data is dropped. Default 1 GiB. */
  readonly maxBytes?: number;
}

/** The recordings of a program: shown in the viewer, and kept for the download. */
export class ShownRecordings {
  readonly #element: HTMLElement;
  readonly #onWarning: (message: string) => void;
  /** `undefined` in it: it could not be started. */
  #viewer: Promise<Viewer | undefined> | undefined;
  readonly #maxBytes: number;
  #kept: MemorySink;
  #shown = new Map<string, WebViewerSink>();
  #rows = 0;
  #reminders = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    element: HTMLElement,
    onWarning: (message: string) => void,
    { maxBytes = 2 ** 30 }: ShownRecordingsOptions = {},
  ) {
    this.#element = element;
    this.#onWarning = onWarning;
    this.#maxBytes = maxBytes;
    this.#kept = new MemorySink({ maxBytes });
    // The user's own mouse reminds the viewer well enough.
    element.addEventListener("mousemove", ({ isTrusted }) => {
      if (isTrusted) this.#reminders = 0;
    });
  }

  /** The number of rows that the current program has logged. */
  get rows(): number {
    return this.#rows;
  }

  /** Begins with a new program. Loads the viewer for the first one. */
  async begin(): Promise<void> {
    for (const sink of this.#shown.values()) sink.closeSync(0);
    this.#shown = new Map();
    this.#rows = 0;
    this.#kept = new MemorySink({ maxBytes: this.#maxBytes });
    this.#kept.open(this.#context(""));
    if (this.#viewer === undefined) this.#element.textContent = "";
    await (this.#viewer ??= this.#openViewer());
  }

  /** Takes a message of a recording. */
  async take(message: EncodedMessage): Promise<void> {
    const { entityPath = PROPERTIES, rows = 0 } = message.manifest ?? {};
    if (message.storeId.kind === "recording" && !entityPath.startsWith(PROPERTIES)) this.#rows += rows;
    this.#kept.send(message);
    const viewer = await this.#viewer;
    if (viewer === undefined) return;
    this.#sinkOf(message.storeId.applicationId, viewer).send(message);
    this.#remind();
  }

  /** Makes the viewer draw the data that has arrived lately. */
  #remind(): void {
    this.#reminders = REMINDERS;
    this.#timer ??= setInterval(() => {
      const canvas = this.#element.querySelector("canvas");
      const { left = 0, top = 0 } = canvas?.getBoundingClientRect() ?? {};
      const at = { clientX: left + 1 + (this.#reminders % 2), clientY: top + 1 };
      canvas?.dispatchEvent(new MouseEvent("mousemove", { ...at, bubbles: true }));
      if (--this.#reminders > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    }, REMIND_MS);
  }

  /** Everything that the program has logged. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#kept.toBytes();
  }

  /** The viewer. `undefined` before the first program, and where it does not start. */
  get viewer(): Promise<Viewer | undefined> {
    return this.#viewer ?? Promise.resolve(undefined);
  }

  /** Downloads everything that the program has logged as a file. */
  save(name: string): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([this.bytes]));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  /** Programs also run where the viewer does not, such as in browsers without WebGL. */
  async #openViewer(): Promise<Viewer | undefined> {
    try {
      return await rr.viewer.openWebViewer({ element: this.#element, panels: PANELS });
    } catch (error) {
      this.#onWarning(`${String(error)}. What programs log can be downloaded.`);
      return undefined;
    }
  }

  /** One sink per application, for its recordings and its blueprint. */
  #sinkOf(applicationId: string, { viewer }: Viewer): WebViewerSink {
    const open = this.#shown.get(applicationId);
    if (open !== undefined) return open;
    const sink = new WebViewerSink(viewer, { channelName: applicationId });
    sink.open(this.#context(applicationId));
    this.#shown.set(applicationId, sink);
    return sink;
  }

  #context(applicationId: string): Parameters<MemorySink["open"]>[0] {
    return {
      applicationId,
      recordingId: "",
      flushRows: () => {},
      recycle: () => {},
      onState: () => {},
      onDrop: ({ rows }) => this.#onWarning(`${rows} rows were dropped.`),
      onWarning: (message) => this.#onWarning(message),
    };
  }
}
