import {
  RecordingStream as CoreRecordingStream,
  type FlushOptions,
  type FlushResult,
  type RecordingOptions,
} from "@rerun-ts/core";
import { checkOptions, type OptionNames, brand, hasBrand, ownBytes } from "@rerun-ts/core/checks";
import { encodeRrd } from "@rerun-ts/core/encode";
import { collectMessages, frozenAt, internalsOf, type SavedData } from "@rerun-ts/core/recording";
import type { BlobLike, BlobWithType, LogFileOptions } from "@rerun-ts/types";
import { download, saveAsFile } from "../download/download.ts";
import type { DownloadHtmlOptions } from "../download/download-html.ts";
import type { DownloadOptions, DownloadResult } from "../download/download-options.ts";
import type { SaveToOpfsOptions } from "../opfs/save-to-opfs.ts";
import type { ConnectGrpcOptions } from "../transport/connect-grpc.ts";
import type { ConnectWebSocketOptions } from "../transport/connect-websocket.ts";

/**
 * The limit of the data that is buffered for a later sink. The limit is lower than on Node, because pages share their
 * memory.
 */
const MAX_BACKLOG_BYTES = 256 * 1024 * 1024;
const DOWNLOAD_OPTIONS: OptionNames<DownloadOptions> = { drain: "boolean", onProgress: "function", signal: 1 };

/**
 * A recording in a browser. It buffers logged data until it has a sink, by `connectGrpc`, `setSinks` and others.
 * `download` saves it as a file at any time.
 *
 * @example
 * const rec = new rr.RecordingStream("page");
 * addEventListener("pointermove", (e) => rec.log("pointer", new rr.Scalars([e.clientX, e.clientY])));
 * button.onclick = () => rec.download("pointer.rrd");
 */
export class RecordingStream extends CoreRecordingStream {
  /**
   * The loading of code for sinks. The methods that end a recording wait for it, so that the data reaches these sinks.
   */
  #loading: Promise<unknown> | undefined;

  /**
   * @param applicationId the name of the application, which groups recordings and blueprints in the viewer
   * @throws {TypeError} if an argument is wrong
   */
  constructor(applicationId: string, options?: RecordingOptions) {
    super(applicationId, options, { maxBacklogBytes: MAX_BACKLOG_BYTES });
  }

  /**
   * Replaces the recording's sinks: sends over gRPC-web from now on, buffered data included. The target is a running
   * viewer (`rerun`) or a proxy (`rerun --serve-grpc`). `url` defaults to `rerun+http://127.0.0.1:9876/proxy`.
   * Resolves immediately unless `waitForConnection` is set. The sink connects as soon as the server is reachable, and
   * reconnects. For pages of other hosts the viewer must run with `--cors-allow-origin`. The code for sending is
   * loaded by the first call.
   *
   * Rejects with `TIMEOUT` or `ABORTED` while it waits for the connection, and with `INVALID_ARGUMENT` if an argument
   * is wrong.
   *
   * @example
   * void rec.connectGrpc("rerun+http://localhost:9876/proxy"); // failures are reported as "error" events
   */
  connectGrpc(url?: string | URL, options?: ConnectGrpcOptions): Promise<void> {
    return this.#setUp(import("../transport/connect-grpc.ts"), ({ connectGrpc }) => connectGrpc(this, url, options));
  }

  /**
   * Replaces the recording's sinks: sends to a relay over a WebSocket from now on, buffered data included. A relay is
   * a Node program with `serveGrpc` or `serveGrpcRelay`, or `rerun-ts serve`. Rerun's own viewers do not support this
   * protocol. `url` defaults to `ws://127.0.0.1:9876/ws`. Resolves immediately unless `waitForConnection` is set. The
   * sink connects as soon as the relay is reachable, and reconnects. The code for sending is loaded by the first call.
   *
   * Rejects with `TIMEOUT` or `ABORTED` while it waits for the connection, and with `INVALID_ARGUMENT` if an argument
   * is wrong.
   *
   * @example
   * void rec.connectWebSocket("wss://logs.example.com/ws", { token });
   */
  connectWebSocket(url?: string | URL, options?: ConnectWebSocketOptions): Promise<void> {
    return this.#setUp(import("../transport/connect-websocket.ts"), ({ connectWebSocket }) =>
      connectWebSocket(this, url, options),
    );
  }

  /**
   * Replaces the recording's sinks: writes to the origin private file system from now on, buffered data included. The
   * recording outlives the page, and `opfs.openRecording(name)` reads it. The code for writing is loaded by the first
   * call.
   *
   * Rejects with `IO_ERROR` if another tab is writing to the name, `UNSUPPORTED` if the browser has no such file system
   * or the worker cannot be started, `QUOTA` if storage is full, and with `INVALID_ARGUMENT` if an argument is wrong.
   *
   * @example
   * await rec.saveToOpfs("session", { onFull: "drop-oldest", maxAgeMs: 60_000 });
   */
  saveToOpfs(name: string, options?: SaveToOpfsOptions): Promise<void> {
    return this.#setUp(import("../opfs/save-to-opfs.ts"), ({ saveToOpfs }) => saveToOpfs(this, name, options));
  }

  /**
   * Downloads everything logged so far as a file, and continues. The data comes from the buffer, or from the
   * `MemorySink` among the sinks. `name` defaults to the id of the application with `.rrd`.
   *
   * Rejects with `UNSUPPORTED` if no sink holds data in memory, or outside a page, and with `ABORTED` if `signal`
   * fires.
   *
   * @example
   * button.onclick = () => rec.download("session.rrd");
   */
  download(name?: string, options?: DownloadOptions): Promise<DownloadResult> {
    return this.#reported(this.#download(name ?? `${this.applicationId}.rrd`, options ?? {}));
  }

  /**
   * Downloads everything logged so far as a page that shows it in Rerun's viewer, offline and without a server. The
   * page has about 16 MB more than the compressed data. `viewerFiles` must be the URL of a folder with the viewer's
   * files, which `rerun-ts viewer-files` writes. `name` defaults to the id of the application with `.html`. The code
   * for making pages is loaded by the first call.
   *
   * Rejects as `viewer.recordingToHtml` does, and with `UNSUPPORTED` outside a page.
   *
   * @example
   * button.onclick = () => rec.downloadHtml("session.html", { viewerFiles: "/viewer/", at: "frame@120" });
   */
  downloadHtml(name?: string, options: DownloadHtmlOptions = {}): Promise<DownloadResult> {
    const loading = import("../download/download-html.ts");
    return this.#reported(
      loading.then(({ downloadHtml }) =>
        downloadHtml(
          () => encodeRrd(this.#collect().messages),
          name ?? `${this.applicationId}.html`,
          options,
          saveAsFile,
        ),
      ),
    );
  }

  /**
   * Lets the user choose a file, and writes everything logged so far into it. Unlike `download` it writes in parts,
   * without a second copy in memory. Call it from a click. The code for writing is loaded by the first call.
   *
   * Rejects with `ABORTED` if the user chooses no file or `signal` fires, `UNSUPPORTED` if no sink keeps data in memory
   * or the browser has no file picker, `QUOTA` if the disk is full, and `IO_ERROR` if the file cannot be written. Only
   * Chromium-based browsers have a file picker, for pages over `https` or from `localhost`.
   *
   * @example
   * button.onclick = () => rec.saveToPicker("session.rrd", { onProgress: ({ bytes }) => (meter.value = bytes) });
   */
  saveToPicker(name?: string, options?: DownloadOptions): Promise<DownloadResult> {
    return this.#reported(this.#saveToPicker(name ?? `${this.applicationId}.rrd`, options ?? {}));
  }

  /**
   * Logs the contents of a file, given its name and its bytes. Files may be images, depth images (RVL), MP4 videos,
   * sounds, 3D models, PLY files, robots (URDF), plain text and Markdown, and whole recordings (`.rrd`, `.rbl`). The
   * extension selects the format. The name becomes the entity path: `folder/scan.ply` is logged to `/folder/scan.ply`.
   *
   * As in the native SDKs everything is static unless `time` is given. A video or a sound is at 0 of the timeline
   * `video` or `audio`. Recordings keep their ids, so they stay separate recordings. A `.rbl` becomes a blueprint of
   * this application. The code for reading files is loaded by the first call.
   *
   * Rejects with `UNSUPPORTED` for another extension, and `INVALID_FORMAT` if the bytes do not have that format.
   *
   * @example
   * input.onchange = () => rec.logFileFromContents(input.files[0].name, input.files[0]);
   */
  logFileFromContents(name: string, contents: BlobLike | BlobWithType, options?: LogFileOptions): Promise<void> {
    return this.#reported(this.#logFile(name, contents, options));
  }

  /** As in the core, after loading the code of a requested sink. */
  override flush(options?: FlushOptions): Promise<FlushResult> {
    return this.#afterLoading(() => super.flush(options));
  }

  /** As in the core, after loading the code of a requested sink. */
  override close(options?: FlushOptions): Promise<FlushResult> {
    return this.#afterLoading(() => super.close(options));
  }

  /** Lets the code that sets a sink be loaded, and run. */
  #setUp<Module>(module: Promise<Module>, run: (module: Module) => Promise<void>): Promise<void> {
    const loading = Promise.allSettled([this.#loading, module]).finally(() => {
      if (this.#loading === loading) this.#loading = undefined;
    });
    this.#loading = loading;
    return this.#reported(module.then(run));
  }

  #afterLoading<T>(call: () => Promise<T>): Promise<T> {
    return this.#loading === undefined ? call() : this.#reported(this.#loading.then(call));
  }

  #reported<T>(promise: Promise<T>): Promise<T> {
    return internalsOf(this).reported(promise);
  }

  async #logFile(name: string, contents: BlobLike | BlobWithType, options: LogFileOptions | undefined): Promise<void> {
    // The times and bytes of this call: the program may change both while the code is loaded.
    const view = frozenAt(this, options?.time ?? {});
    const own = ownBytes(contents);
    const { logFile } = await import("@rerun-ts/types/files");
    await logFile({ recording: this, view, name, contents: own, options });
  }

  async #download(name: string, options: DownloadOptions): Promise<DownloadResult> {
    checkOptions("download", options, DOWNLOAD_OPTIONS);
    return download(this.#collect(), name, options);
  }

  async #saveToPicker(name: string, options: DownloadOptions): Promise<DownloadResult> {
    checkOptions("saveToPicker", options, DOWNLOAD_OPTIONS);
    const { saveToPicker } = await import("../download/save-to-picker.ts");
    return saveToPicker(() => this.#collect(), name, options);
  }

  #collect(): SavedData {
    internalsOf(this).dispatcher.flushRows();
    return collectMessages(this.sinks);
  }
}

brand(RecordingStream.prototype, "web.RecordingStream");

/** Whether a recording is one of this package, of any copy. */
export function isOwnRecording(recording: unknown): recording is RecordingStream {
  return hasBrand(recording, "web.RecordingStream");
}
