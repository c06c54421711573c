import type { BlueprintLike, RecordingStream } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import { openWebViewer, type OpenedWebViewer, type OpenWebViewerOptions } from "../viewer/open-web-viewer.ts";
import { WebViewerSink } from "../viewer/web-viewer-sink.ts";

/** A recording to show: a URL of a `.rrd` file or of a server, a file, or its bytes. */
export type ViewerElementSource = string | URL | Blob | Uint8Array;

/** The part of the viewer that opens URLs. */
interface UrlOpener {
  open(url: string): unknown;
  close(url: string): unknown;
}

/** Longest time that a viewer that is closed may take the rows that were logged before. */
const LAST_ROWS_MS = 1000;

/** A viewer from its start to its end, with a recording and a source that may change meanwhile. */
export class ViewerSession {
  /** Resolves when the viewer has started. */
  readonly opening: Promise<OpenedWebViewer>;
  readonly #defaultBlueprint: BlueprintLike | undefined;
  #opened: OpenedWebViewer | undefined;
  #recording: RecordingStream | undefined;
  #sink: WebViewerSink | undefined;
  #source: ViewerElementSource | undefined;
  #shownUrl: string | undefined;
  #isClosed = false;

  constructor({ defaultBlueprint, ...options }: OpenWebViewerOptions) {
    this.#defaultBlueprint = defaultBlueprint;
    this.opening = this.#open(options);
    // The element reports it.
    this.opening.catch(() => {});
  }

  /** Shows a recording from now on. One that was shown before buffers its data. */
  setRecording(recording: RecordingStream | undefined): void {
    if (recording === this.#recording) return;
    void this.#disconnect();
    this.#recording = recording;
    this.#connect();
  }

  /** Shows a source from now on, besides the recording. A URL that was shown before is closed. */
  async setSource(source: ViewerElementSource | undefined): Promise<void> {
    this.#source = source;
    await this.opening;
    // A later call may have set another one.
    if (source === this.#source && !this.#isClosed) await this.#showSource();
  }

  /** Stops the viewer. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const opened = await this.opening.catch(() => undefined);
    await this.#disconnect();
    opened?.stop();
  }

  async #open(options: OpenWebViewerOptions): Promise<OpenedWebViewer> {
    const opened = await openWebViewer(options);
    if (this.#isClosed) return opened;
    this.#opened = opened;
    this.#connect();
    return opened;
  }

  #connect(): void {
    if (this.#recording === undefined || this.#opened === undefined) return;
    // The first recording gets the sink that has the options.
    this.#sink = this.#sink === undefined ? this.#opened.sink : new WebViewerSink(this.#opened.viewer);
    void this.#recording.setSink(this.#sink, { defaultBlueprint: this.#defaultBlueprint });
  }

  /** Gives the recording back its buffer, unless the program has set other sinks. */
  async #disconnect(): Promise<void> {
    const recording = this.#recording;
    this.#recording = undefined;
    if (recording === undefined || this.#sink === undefined) return;
    const { sinks } = recording;
    if (sinks.length === 1 && sinks[0] === this.#sink)
      await recording.disconnect({ timeoutMs: LAST_ROWS_MS }).catch(() => {});
  }

  async #showSource(): Promise<void> {
    const [opened, source] = [this.#opened, this.#source];
    if (opened === undefined) return;
    const viewer = opened.viewer as unknown as UrlOpener;
    if (this.#shownUrl !== undefined) viewer.close(this.#shownUrl);
    this.#shownUrl = undefined;
    if (source === undefined) return;
    if (typeof source === "string" || source instanceof URL) {
      this.#shownUrl = new URL(source, location.href).href;
      // A promise from 0.41 on.
      await viewer.open(this.#shownUrl);
      return;
    }
    const bytes = await bytesOf(source);
    const name = source instanceof Blob && "name" in source ? String(source.name) : "file";
    const channel = opened.viewer.open_channel(name);
    channel.send_rrd(bytes);
    channel.close();
  }
}

async function bytesOf(source: Blob | Uint8Array): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  throw invalidArgument("source", "a URL, a file, or bytes", source);
}
