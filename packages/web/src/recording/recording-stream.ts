import { RecordingStream as CoreRecordingStream, type EncodedMessage, type RecordingOptions } from "@rerun-ts/core";
import type { BlobLike, BlobWithType, LogFileOptions } from "@rerun-ts/types";
import { collectMessages, download, type DownloadOptions, type DownloadResult } from "../download/download.ts";
import type { ConnectGrpcOptions } from "../grpc/connect-grpc.ts";
import type { ConnectWebSocketOptions } from "../websocket/connect-websocket.ts";
import { webHost } from "./web-host.ts";

/**
 * A recording that is being made, in a browser. It keeps what is logged until it is given a sink; `download` gives it
 * to the user as a file at any time.
 *
 * @example
 * const rec = new rr.RecordingStream("page");
 * addEventListener("pointermove", (e) => rec.log("pointer", new rr.Scalars([e.clientX, e.clientY])));
 * button.onclick = () => rec.download("pointer.rrd");
 */
export class RecordingStream extends CoreRecordingStream {
  /** @throws {TypeError} if an argument is wrong. */
  constructor(applicationId: string, options?: RecordingOptions) {
    super(applicationId, options, webHost);
  }

  /**
   * Sends to a running viewer or a proxy over gRPC-web: to `rerun`, or `rerun --serve-grpc`. `url` defaults to
   * `rerun+http://127.0.0.1:9876/proxy`. Resolves at once unless `waitForConnection` is set; the server may come later,
   * go away and come back. What sends is loaded by the first call; until then, and until there is a server, everything is
   * kept. A viewer for pages of other hosts needs `rerun --cors-allow-origin`.
   *
   * Rejects with `TIMEOUT` or `ABORTED` if it was to wait, and if an option is wrong.
   *
   * @example
   * void rec.connectGrpc("rerun+http://localhost:9876/proxy"); // trouble arrives as an "error" event
   */
  connectGrpc(url?: string | URL | ConnectGrpcOptions, options?: Omit<ConnectGrpcOptions, "url">): Promise<void> {
    return this.handled(this.#connectGrpc(url, options));
  }

  /**
   * Sends to a relay over a WebSocket: to a Node program that called `serveGrpc` or `serveGrpcRelay`; Rerun's own viewers do
   * not speak this. `url` defaults to `ws://127.0.0.1:9876/ws`. Resolves at once unless `waitForConnection` is set; the
   * relay may come later, go away and come back. What sends is loaded by the first call.
   *
   * Rejects with `TIMEOUT` or `ABORTED` if it was to wait, and if an option is wrong.
   *
   * @example
   * void rec.connectWebSocket("wss://logs.example.com/ws", { token });
   */
  connectWebSocket(
    url?: string | URL | ConnectWebSocketOptions,
    options?: Omit<ConnectWebSocketOptions, "url">,
  ): Promise<void> {
    return this.handled(this.#connectWebSocket(url, options));
  }

  /**
   * Saves everything since the start as a file, and goes on: what waits for a sink, or what the `MemorySink` among
   * the sinks holds. `name` defaults to the application's id with `.rrd`.
   * Rejects with `UNSUPPORTED` if the sinks hold nothing, or outside a page.
   */
  download(name?: string, options?: DownloadOptions): Promise<DownloadResult> {
    return this.handled(this.#download(name ?? `${this.applicationId}.rrd`, options ?? {}));
  }

  /**
   * Lets the user choose a file, and writes everything since the start into it, as `download` would: piece by piece, so
   * that it needs no second copy in memory. Call it from a click. What writes is loaded by the first call.
   *
   * Rejects with `ABORTED` if the user chooses none or `signal` fires, `UNSUPPORTED` where browsers cannot (all but
   * Chromium's, and pages that are neither `https` nor `localhost`: use `download`) or the sinks hold nothing, `QUOTA` if
   * the disk is full, `FILE` if it cannot be written.
   */
  saveToPicker(name?: string, options?: DownloadOptions): Promise<DownloadResult> {
    return this.handled(this.#saveToPicker(name ?? `${this.applicationId}.rrd`, options ?? {}));
  }

  /**
   * Logs what a file holds, given its name and its bytes: pictures, depth images (RVL), MP4 videos, sounds, 3D models,
   * PLY files, plain text and Markdown, and whole recordings (`.rrd`, `.rbl`). The end of the name says which it is; the
   * whole name becomes the entity's path, `folder/scan.ply` that of `/folder/scan.ply`. As in the native SDKs everything
   * is static unless `time` is given; a video and a sound are at 0 of the timeline `video` or `audio`. Recordings keep
   * their ids, so that they stay recordings of their own; a `.rbl` becomes a blueprint of this application.
   * What reads files is loaded by the first call.
   *
   * Rejects with `UNSUPPORTED` at another extension, `FORMAT` if the bytes are not of that kind.
   *
   * @example
   * input.onchange = () => rec.logFileFromContents(input.files[0].name, input.files[0]);
   */
  logFileFromContents(name: string, contents: BlobLike | BlobWithType, options?: LogFileOptions): Promise<void> {
    return this.handled(this.#logFile(name, contents, options));
  }

  async #logFile(name: string, contents: BlobLike | BlobWithType, options: LogFileOptions | undefined): Promise<void> {
    const at = this.at(options?.time ?? {});
    const { logFile } = await import("@rerun-ts/types/files");
    await logFile({ recording: this, at, name, contents, options });
  }

  async #connectGrpc(
    url: string | URL | ConnectGrpcOptions | undefined,
    options: Omit<ConnectGrpcOptions, "url"> | undefined,
  ): Promise<void> {
    const { connectGrpc } = await import("../grpc/connect-grpc.ts");
    await connectGrpc(this, url, options);
  }

  async #connectWebSocket(
    url: string | URL | ConnectWebSocketOptions | undefined,
    options: Omit<ConnectWebSocketOptions, "url"> | undefined,
  ): Promise<void> {
    const { connectWebSocket } = await import("../websocket/connect-websocket.ts");
    await connectWebSocket(this, url, options);
  }

  async #download(name: string, options: DownloadOptions): Promise<DownloadResult> {
    return download(this.#collect(options), name, options);
  }

  async #saveToPicker(name: string, options: DownloadOptions): Promise<DownloadResult> {
    const { saveToPicker } = await import("../download/save-to-picker.ts");
    return saveToPicker((how) => this.#collect(how), name, options);
  }

  #collect(options: DownloadOptions): readonly EncodedMessage[] {
    this.flushRows();
    return collectMessages(this.currentSinks, options);
  }
}
