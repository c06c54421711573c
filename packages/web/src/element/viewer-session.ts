import { RerunError, type BlueprintLike, type RecordingStream } from "@rerun-ts/core";
import { argumentError, invalidArgument, isBlob, isUint8Array, isUrl } from "@rerun-ts/core/checks";
import { nameOfFile, openFile } from "../viewer/open-file.ts";
import {
  LONE_BLUEPRINT,
  openViewer,
  type OpenedWebViewer,
  type OpenWebViewerOptions,
} from "../viewer/open-web-viewer.ts";
import { WebViewerSink } from "../viewer/web-viewer-sink.ts";
import { WantedTime, type TimeSettings } from "./wanted-time.ts";

/** A recording to show: the URL of a `.rrd` file or of a server, a link to a moment, a file, or the bytes of a file. */
export type ViewerElementSource = string | URL | Blob | Uint8Array;

/** The part of a viewer of 0.33 that opens URLs. */
interface UrlOpener {
  open(url: string): void;
  close(url: string): void;
}

/** Longest time that a viewer that is closed may take the rows that were logged before. */
const LAST_ROWS_MS = 1000;

/** A viewer from its start to its end, with a recording, a source and a time that may change meanwhile. */
export class ViewerSession {
  /** Resolves when the viewer has started. */
  readonly opening: Promise<OpenedWebViewer>;
  readonly #onError: (error: unknown) => void;
  readonly #end: AbortController = new AbortController();
  #defaultBlueprint: BlueprintLike | undefined;
  #opened: OpenedWebViewer | undefined;
  #recording: RecordingStream | undefined;
  #sink: WebViewerSink | undefined;
  #source: ViewerElementSource | undefined;
  #shownUrl: string | undefined;
  #time: WantedTime | undefined;

  /**
   * @param options returns the options. Called after the current task, which may set more of them
   * @param onError called for problems after the start
   */
  constructor(options: () => OpenWebViewerOptions, onError: (error: unknown) => void) {
    this.#onError = onError;
    this.opening = this.#open(options);
    // The element reports the failure.
    this.opening.catch(() => {});
  }

  /** Shows a recording from now on. The previous recording buffers its data. */
  setRecording(recording: RecordingStream | undefined): void {
    if (recording === this.#recording) return;
    void this.#disconnect();
    this.#recording = recording;
    this.#connect();
  }

  /** Shows a source from now on, besides the recording. A URL that was shown before is closed. */
  async setSource(source: ViewerElementSource | undefined): Promise<void> {
    this.#source = source;
    const opened = await this.opening.catch(() => undefined);
    // A later call may have set another one.
    if (opened === undefined || source !== this.#source) return;
    try {
      await this.#showSource(opened, source);
      // Set the time again, because opening a source starts playback.
      this.#time?.repeat();
    } catch (error) {
      // The caller of a replaced source ignores its errors.
      if (!this.#end.signal.aborted && source === this.#source) throw error;
    }
  }

  /** Shows a time as soon as there is a recording with its timeline, and again in each recording that is opened. */
  async setTime(settings: TimeSettings, changes: TimeSettings): Promise<void> {
    const opened = await this.opening.catch(() => undefined);
    if (opened === undefined || this.#end.signal.aborted) return;
    if (this.#time === undefined) {
      const time = new WantedTime(opened.control, this.#onError);
      this.#time = time;
      opened.on("recordingopen", () => time.repeat());
    }
    this.#time.set(settings, changes);
  }

  /** Stops the viewer. */
  async close(): Promise<void> {
    this.#end.abort();
    this.#time?.stop();
    const opened = await this.opening.catch(() => undefined);
    await this.#disconnect();
    opened?.stop();
  }

  async #open(options: () => OpenWebViewerOptions): Promise<OpenedWebViewer> {
    await Promise.resolve();
    if (this.#end.signal.aborted) throw new RerunError("ABORTED", "<rerun-viewer> has left the page");
    const { defaultBlueprint, ...others } = options();
    this.#defaultBlueprint = defaultBlueprint;
    const opened = await openViewer(others, this.#end.signal);
    if (this.#end.signal.aborted) return opened;
    this.#opened = opened;
    if (defaultBlueprint !== undefined && this.#recording === undefined && this.#source !== undefined)
      this.#onError(argumentError("defaultBlueprint", LONE_BLUEPRINT));
    this.#connect();
    return opened;
  }

  #connect(): void {
    if (this.#recording === undefined || this.#opened === undefined) return;
    // The first recording gets the sink that has the options.
    this.#sink = this.#sink === undefined ? this.#opened.sink : new WebViewerSink(this.#opened.viewer);
    void this.#recording.setSink(this.#sink, { defaultBlueprint: this.#defaultBlueprint });
  }

  /** Lets the recording buffer its data again, unless the program has set other sinks. */
  async #disconnect(): Promise<void> {
    const recording = this.#recording;
    this.#recording = undefined;
    if (recording === undefined || this.#sink === undefined) return;
    const { sinks } = recording;
    if (sinks.length !== 1 || sinks[0] !== this.#sink) return;
    // A recording that is closing also waits for the viewer.
    const isClosed = recording.state === "closed";
    await (isClosed ? recording.close() : recording.disconnect({ timeoutMs: LAST_ROWS_MS })).catch(() => {});
  }

  async #showSource(opened: OpenedWebViewer, source: ViewerElementSource | undefined): Promise<void> {
    const { control, viewer } = opened;
    const { signal } = this.#end;
    const canControl = "get_state" in viewer;
    const shown = this.#shownUrl;
    this.#shownUrl = undefined;
    if (shown !== undefined) {
      if (canControl) void control.close({ urls: [shown], signal }).catch(() => {});
      else (viewer as unknown as UrlOpener).close(shown);
    }
    if (source === undefined || signal.aborted) return;
    if (typeof source === "string" || isUrl(source)) {
      const href = hrefOf(source);
      // The URL without the fragment, which selects a moment.
      this.#shownUrl = href.split("#", 1)[0];
      if (canControl) await control.open(href, { timeoutMs: Infinity, signal });
      else (viewer as unknown as UrlOpener).open(href);
      return;
    }
    if (!(isUint8Array(source) || isBlob(source))) throw invalidArgument("source", "a URL, a file, or bytes", source);
    if (canControl) await openFile(control, source, signal);
    else await sendFile(opened, source);
  }
}

/** The address of a source. @throws {TypeError} if it is none */
function hrefOf(source: string | URL): string {
  try {
    return new URL(source, location.href).href;
  } catch {
    throw invalidArgument("source", "a URL, a file, or bytes", source);
  }
}

/** Passes a file to a viewer of 0.33, which does not report whether it could read it. */
async function sendFile({ viewer }: OpenedWebViewer, source: Blob | Uint8Array): Promise<void> {
  const bytes = isBlob(source) ? new Uint8Array(await source.arrayBuffer()) : source;
  const channel = viewer.open_channel(nameOfFile(source));
  channel.send_rrd(bytes);
  channel.close();
}
