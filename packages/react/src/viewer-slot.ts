import {
  WebViewerSink,
  openWebViewer,
  type OpenedWebViewer,
  type OpenWebViewerOptions,
  type RecordingStream,
} from "@rerun-ts/web";

/** Longest time that a viewer that is closed may take the rows that were logged before. */
const LAST_ROWS_MS = 1000;

/** The calls of a {@link ViewerSlot}. */
export interface ViewerSlotEvents {
  onReady(this: void, opened: OpenedWebViewer): void;
  onError(this: void, error: unknown): void;
}

/** A viewer in an element, which shows one recording after another. */
export class ViewerSlot {
  readonly #opening: Promise<OpenedWebViewer | undefined>;
  readonly #options: Omit<OpenWebViewerOptions, "recording">;
  #opened: OpenedWebViewer | undefined;
  #recording: RecordingStream | undefined;
  #sink: WebViewerSink | undefined;
  #isClosed = false;

  constructor(options: Omit<OpenWebViewerOptions, "recording">, events: ViewerSlotEvents) {
    this.#options = options;
    this.#opening = this.#open(events);
  }

  /** Shows a recording from now on; one that was shown before buffers what is logged to it. */
  show(recording: RecordingStream | undefined): void {
    if (recording === this.#recording) return;
    void this.#disconnect();
    this.#recording = recording;
    if (this.#opened !== undefined) this.#connect(this.#opened);
  }

  /** Stops the viewer. The recording buffers what is logged from now on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const opened = await this.#opening;
    await this.#disconnect();
    opened?.stop();
  }

  async #open({ onReady, onError }: ViewerSlotEvents): Promise<OpenedWebViewer | undefined> {
    let opened: OpenedWebViewer;
    try {
      opened = await openWebViewer(this.#options);
    } catch (error) {
      if (!this.#isClosed) onError(error);
      return undefined;
    }
    if (this.#isClosed) return opened;
    this.#opened = opened;
    this.#connect(opened);
    onReady(opened);
    return opened;
  }

  #connect({ viewer, sink }: OpenedWebViewer): void {
    if (this.#recording === undefined) return;
    // The first recording gets the sink that has the options.
    this.#sink = this.#sink === undefined ? sink : new WebViewerSink(viewer);
    const { defaultBlueprint } = this.#options;
    void this.#recording.setSink(this.#sink, { defaultBlueprint });
  }

  /** Gives the recording back its buffer, unless the program has set other sinks. */
  async #disconnect(): Promise<void> {
    const recording = this.#recording;
    this.#recording = undefined;
    if (recording === undefined || this.#sink === undefined) return;
    const { sinks } = recording;
    if (sinks.length !== 1 || sinks[0] !== this.#sink) return;
    // One that is being closed waits for the viewer, too.
    const isClosed = recording.state === "closed";
    await (isClosed ? recording.close() : recording.disconnect({ timeoutMs: LAST_ROWS_MS })).catch(() => {});
  }
}
