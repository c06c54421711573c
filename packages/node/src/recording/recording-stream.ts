import {
  RecordingStream as CoreRecordingStream,
  type RecordingOptions,
  type SetSinksOptions,
  type Sink,
} from "@rerun-ts/core";
import { checkOptions, type OptionNames, brand, hasBrand } from "@rerun-ts/core/checks";
import { CONNECT_OPTIONS, connectSink, internalsOf, type ConnectOptions } from "@rerun-ts/core/recording";
import type { BlobLike, BlobWithType, LogFileOptions } from "@rerun-ts/types";
import { logFile, type LogFileCall } from "@rerun-ts/types/files";
import { entityPathOf, toPathString, readBytesSync } from "../file/read-bytes.ts";
import { meshesBeside } from "../file/read-urdf.ts";
import { FILE_SINK_OPTIONS, type FileSinkOptions } from "../file/file-sink-options.ts";
import { FileSink } from "../file/file-sink.ts";
import { PARTS_FILE_SINK_OPTIONS, type PartsFileSinkOptions } from "../parts/parts-file-sink-options.ts";
import { PartsFileSink } from "../parts/parts-file-sink.ts";
import { serveGrpc, type GrpcServer, type ServeGrpcOptions } from "../relay/sink/serve-grpc.ts";
import type { SpawnOptions } from "../spawn/spawn-options.ts";
import { spawnViewer } from "../spawn/spawn.ts";
import type { SpawnInfo } from "../spawn/start-viewer.ts";
import { StdoutSink } from "../stdout/stdout-sink.ts";
import { checkToken } from "../transport/grpc/check-token.ts";
import { GrpcSink } from "../transport/grpc/grpc-sink.ts";
import {
  GRPC_SINK_OPTIONS,
  WEBSOCKET_SINK_OPTIONS,
  type GrpcSinkOptions,
  type WebSocketSinkOptions,
} from "../transport/server-sink-options.ts";
import { WebSocketSink } from "../transport/websocket/websocket-sink.ts";
import { isLargeRecording, logLargeRecording } from "./log-large-recording.ts";
import { isMcap, logMcap } from "./log-mcap.ts";
import { logPath, type LogPathOptions } from "./log-path.ts";
import { isParquet, logParquet } from "./log-table.ts";
import { nodeHooks } from "./node-hooks.ts";

/** Options of {@link RecordingStream.connectGrpc}. */
export interface ConnectGrpcOptions extends GrpcSinkOptions, ConnectOptions {}

/** Options of {@link RecordingStream.connectWebSocket}. */
export interface ConnectWebSocketOptions extends WebSocketSinkOptions, ConnectOptions {}

/** Options of {@link RecordingStream.save} and {@link RecordingStream.stdout}. */
export interface SaveOptions extends FileSinkOptions, SetSinksOptions {}

/** Options of {@link RecordingStream.saveParts}. */
export interface SavePartsOptions extends PartsFileSinkOptions, SetSinksOptions {}

const SAVE_PARTS_OPTIONS: OptionNames<SavePartsOptions> = { ...PARTS_FILE_SINK_OPTIONS, defaultBlueprint: 1 };
const SAVE_OPTIONS: OptionNames<SaveOptions> = { ...FILE_SINK_OPTIONS, defaultBlueprint: 1 };
const CONNECT_GRPC_OPTIONS: OptionNames<ConnectGrpcOptions> = { ...GRPC_SINK_OPTIONS, ...CONNECT_OPTIONS };
const CONNECT_WEBSOCKET_OPTIONS: OptionNames<ConnectWebSocketOptions> = {
  ...WEBSOCKET_SINK_OPTIONS,
  ...CONNECT_OPTIONS,
};

const FROM_CONTENTS: LogFileCall = { name: "logFileFromContents", options: [], extensions: ["mcap", "parquet"] };
const FROM_PATH: LogFileCall = { ...FROM_CONTENTS, name: "logFileFromPath", options: ["signal"] };

/**
 * A recording on Node. It buffers logged data until it has a sink, by `save`, `stdout`, `connectGrpc`, `setSinks` and
 * others. At the end of the process, also by `process.exit()`, open recordings are closed and their files are complete.
 *
 * @example
 * const rec = new rr.RecordingStream("helix");
 * await rec.save("helix.rrd");
 * for (let frame = 0; frame < 100; frame++) {
 *   rec.setTime("frame", frame);
 *   rec.log("height", new rr.Scalars(frame / 10));
 * }
 * await rec.close();
 */
export class RecordingStream extends CoreRecordingStream {
  static {
    // The bundle for Node gives this class another name than that of its base, which messages would show.
    Object.defineProperty(this, "name", { value: "RecordingStream" });
  }

  /**
   * @param applicationId the name of the application, which groups recordings and blueprints in the viewer
   * @throws {TypeError} if an argument is wrong
   */
  constructor(applicationId: string, options?: RecordingOptions) {
    super(applicationId, options, nodeHooks);
  }

  /**
   * Replaces the recording's sinks: writes to a file from now on, buffered data included. The file exists when the call
   * returns. A second call with the path of an open file changes nothing.
   *
   * Rejects with `IO_ERROR` if the file cannot be created. The previous sink then stays.
   *
   * @example
   * await rec.save("helix.rrd");
   */
  save(path: string | URL, options?: SaveOptions): Promise<void> {
    return this.#modeOf("save", (sinkOptions) => new FileSink(path, sinkOptions), options);
  }

  /**
   * Replaces the recording's sinks: writes parts to a folder from now on, buffered data included. Each part is a
   * complete `.rrd` file of at most about `maxBytes` and `maxSeconds`, and appears when it is finished. Unfinished
   * parts of earlier programs in the folder are finished in the background.
   *
   * Rejects with `IO_ERROR` if the folder or a file in it cannot be created. The previous sink then stays.
   *
   * @example
   * await rec.saveParts("/data/run7", { maxBytes: "128MB", maxSeconds: 60 });
   */
  saveParts(folder: string | URL, options?: SavePartsOptions): Promise<void> {
    return this.#reported(this.#saveParts(folder, options));
  }

  /**
   * Replaces the recording's sinks: writes to standard output from now on, to be piped into `rerun -`. On a terminal
   * everything stays buffered. Nothing else may be printed to standard output.
   *
   * Rejects with `IO_ERROR` if standard output is closed. The previous sink then stays.
   *
   * @example
   * await rec.stdout(); // run as: node app.js | rerun -
   */
  stdout(options?: SaveOptions): Promise<void> {
    return this.#modeOf("stdout", (sinkOptions) => new StdoutSink(sinkOptions), options);
  }

  /**
   * Replaces the recording's sinks: sends to a running viewer or proxy from now on, buffered data included. `url`
   * defaults to `rerun+http://127.0.0.1:9876/proxy`, the address of `rerun`. Resolves immediately unless
   * `waitForConnection` is set. The sink connects as soon as the server is reachable, and reconnects.
   *
   * Rejects with `TIMEOUT` or `ABORTED` while it waits for the connection, and with `INVALID_ARGUMENT` if an argument
   * is wrong.
   *
   * @example
   * await rec.connectGrpc("rerun+http://192.168.1.5:9876/proxy");
   */
  connectGrpc(url?: string | URL, options?: ConnectGrpcOptions): Promise<void> {
    return this.#reported(this.#connectGrpc(url, options));
  }

  /**
   * Replaces the recording's sinks: sends to a relay over a WebSocket from now on, buffered data included. A relay is
   * a program with `serveGrpc` or `serveGrpcRelay`, or `rerun-ts serve`. Rerun's own viewers do not support this
   * protocol. `url` defaults to `ws://127.0.0.1:9876/ws`. Resolves immediately unless `waitForConnection` is set. The
   * sink connects as soon as the relay is reachable, and reconnects.
   *
   * Rejects with `TIMEOUT` or `ABORTED` while it waits for the connection, and with `INVALID_ARGUMENT` if an argument
   * is wrong.
   *
   * @example
   * await rec.connectWebSocket("wss://logs.example.com/ws", { token: process.env.RELAY_TOKEN });
   */
  connectWebSocket(url?: string | URL, options?: ConnectWebSocketOptions): Promise<void> {
    return this.#reported(this.#connectWebSocket(url, options));
  }

  /**
   * Replaces the recording's sinks: lets viewers connect to this program from now on, buffered data included. One port
   * accepts native viewers, the web viewer and pages, for reading and for logging. Later viewers receive the history,
   * up to `serverMemoryLimit`. By default only this machine can connect. The process stays alive until the server or
   * the recording is closed, unless `unref` is set.
   *
   * Settles once it listens. Data logged before is kept for it. A second call with the same port changes nothing.
   * Rejects with `LISTEN_FAILED` if the port cannot be bound. Everything is then kept for the next sink.
   *
   * @example
   * const server = await rec.serveGrpc();
   * console.log(`rerun ${server.url}`);
   */
  serveGrpc(options?: ServeGrpcOptions): Promise<GrpcServer> {
    return this.#reported(serveGrpc(this, options));
  }

  /**
   * Replaces the recording's sinks: starts the Rerun viewer on this machine and sends to it from now on, buffered data
   * included. If a program listens on the port already, it is assumed to be a viewer, and nothing is started. The
   * viewer outlives this process.
   *
   * Settles once the viewer listens. Data logged before is kept for it, and `flush` and `close` wait for it. Rejects
   * with `NOT_FOUND` without the program `rerun`, `VIEWER_FAILED` if it cannot be run or exits immediately, and
   * `ABORTED`. Everything is then kept for the next sink.
   *
   * @example
   * const { port, pid } = await rec.spawn({ memoryLimit: "4GB" });
   */
  spawn(options?: SpawnOptions): Promise<SpawnInfo> {
    return this.#reported(spawnViewer(this, options));
  }

  /**
   * Logs the contents of a file, given its name and its bytes. Files may be images, depth images (RVL), MP4 videos,
   * sounds, 3D models, PLY files, robots (URDF), plain text and Markdown, and whole recordings (`.rrd`, `.rbl`, and
   * `.mcap` with the package `@rerun-ts/mcap`). The extension selects the format. The name becomes the entity path:
   * `folder/scan.ply` is logged to `/folder/scan.ply`. The entities of a `.mcap` are its topics.
   *
   * As in the native SDKs everything is static unless `time` is given. A video or a sound is at 0 of the timeline
   * `video` or `audio`. Recordings keep their ids, so they stay separate recordings. A `.rbl` becomes a blueprint of
   * this application. Everything is logged when the call returns, except for a `Blob`, a recording or a robot. Options
   * are ignored for `.mcap`, and all but `entityPathPrefix` for `.parquet`.
   *
   * Rejects with `UNSUPPORTED` for another extension, and `INVALID_FORMAT` if the bytes do not have that format.
   *
   * @example
   * await rec.logFileFromContents("scan.ply", bytes, { entityPathPrefix: "world" });
   */
  logFileFromContents(name: string, contents: BlobLike | BlobWithType, options?: LogFileOptions): Promise<void> {
    if (typeof name === "string" && isMcap(name)) return this.#reported(this.#logMcap(name, contents));
    if (typeof name === "string" && isParquet(name)) return this.#reported(this.#logParquet(contents, options));
    return this.#reported(this.#logFile(name, () => contents, options));
  }

  /**
   * Logs the contents of a file, as {@link RecordingStream.logFileFromContents} does. The path becomes the entity path
   * as it is given, relative or absolute. Of a folder all files are logged, also those in folders below. A file that
   * cannot be logged is a warning then. A folder with a LeRobot dataset becomes a recording for each episode, as
   * `importLeRobot` of `@rerun-ts/reading` says. Only `entityPathPrefix` and `signal` apply to it.
   *
   * All programs in `PATH` whose names begin with `rerun-importer-` import the file or folder as well, as in the native
   * SDKs. Then other extensions are possible. The call waits for these programs, unless `signal` ends them.
   *
   * Rejects with `NOT_FOUND` if the file does not exist, `IO_ERROR` if it cannot be read or an importer fails,
   * `UNSUPPORTED` for another extension, `INVALID_FORMAT` and `ABORTED`.
   *
   * @example
   * await rec.logFileFromPath("scans/office.ply"); // the entity /scans/office.ply
   */
  logFileFromPath(path: string | URL, options?: LogPathOptions): Promise<void> {
    const readName = async (): Promise<void> => {
      const name = toPathString(path);
      if (!this.enabled) return;
      await logPath(this, name, options ?? {}, async (file, own) => {
        if (isMcap(file)) return this.#logMcap(file, file);
        if (isParquet(file)) return this.#logParquet(file, own);
        if (isLargeRecording(file)) return logLargeRecording(this, file);
        const withMeshes = { ...own, resolveMesh: own.resolveMesh ?? meshesBeside(file) };
        await this.#logFile(entityPathOf(file), () => readBytesSync(file), withMeshes, FROM_PATH);
      });
    };
    return this.#reported(readName());
  }

  #reported<T>(promise: Promise<T>): Promise<T> {
    return internalsOf(this).reported(promise);
  }

  async #saveParts(folder: string | URL, options: SavePartsOptions = {}): Promise<void> {
    checkOptions("saveParts", options, SAVE_PARTS_OPTIONS);
    const { defaultBlueprint, ...sinkOptions } = options;
    await this.setSink(new PartsFileSink(folder, sinkOptions), { defaultBlueprint });
  }

  async #connectGrpc(url: string | URL | undefined, options: ConnectGrpcOptions = {}): Promise<void> {
    checkToken(options);
    checkOptions("connectGrpc", options, CONNECT_GRPC_OPTIONS);
    await connectSink(this, options, (sinkOptions) => new GrpcSink(url, sinkOptions));
  }

  async #connectWebSocket(url: string | URL | undefined, options: ConnectWebSocketOptions = {}): Promise<void> {
    checkOptions("connectWebSocket", options, CONNECT_WEBSOCKET_OPTIONS);
    await connectSink(this, options, (sinkOptions) => new WebSocketSink(url, sinkOptions));
  }

  async #logMcap(name: string, source: string | BlobLike | BlobWithType): Promise<void> {
    if (this.enabled) await logMcap(this, name, source);
  }

  async #logParquet(source: string | BlobLike | BlobWithType, options: LogFileOptions | undefined): Promise<void> {
    if (this.enabled) await logParquet(this, source, options);
  }

  async #logFile(
    name: string,
    read: () => BlobLike | BlobWithType,
    options: LogFileOptions | undefined,
    call: LogFileCall = FROM_CONTENTS,
  ): Promise<void> {
    if (!this.enabled) return;
    const view = this.at(options?.time ?? {});
    await logFile({ recording: this, view, name, contents: read(), options, call });
  }

  /** Sets a sink. An error of its constructor rejects the promise, like an error of opening it. */
  #modeOf(call: string, makeSink: (options: FileSinkOptions) => Sink, options: SaveOptions = {}): Promise<void> {
    const setSink = async (): Promise<void> => {
      checkOptions(call, options, SAVE_OPTIONS);
      const { defaultBlueprint, ...sinkOptions } = options;
      await this.setSink(makeSink(sinkOptions), { defaultBlueprint });
    };
    return this.#reported(setSink());
  }
}

brand(RecordingStream.prototype, "node.RecordingStream");

/** Whether a recording is one of this package, of any copy. */
export function isOwnRecording(recording: unknown): recording is RecordingStream {
  return hasBrand(recording, "node.RecordingStream");
}
