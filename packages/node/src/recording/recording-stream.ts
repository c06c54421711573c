import {
  RecordingStream as CoreRecordingStream,
  type RecordingOptions,
  type SetSinksOptions,
  type Sink,
} from "@rerun-ts/core";
import type { BlobLike, BlobWithType, LogFileOptions } from "@rerun-ts/types";
import { logFile } from "@rerun-ts/types/files";
import { entityNameOf } from "../file/entity-name-of.ts";
import { pathText, readBytesSync } from "../file/read-bytes.ts";
import { FileSink, type FileSinkOptions } from "../file/file-sink.ts";
import { connectGrpc, type ConnectGrpcOptions } from "../grpc/connect-grpc.ts";
import { serveGrpc, type GrpcServer, type ServeGrpcOptions } from "../relay/serve-grpc.ts";
import type { SpawnOptions } from "../spawn/spawn-options.ts";
import { spawnViewer } from "../spawn/spawn.ts";
import type { SpawnInfo } from "../spawn/start-viewer.ts";
import { StdoutSink } from "../stdout/stdout-sink.ts";
import { connectWebSocket, type ConnectWebSocketOptions } from "../websocket/connect-websocket.ts";
import { nodeHost } from "./node-host.ts";

/** Options of {@link RecordingStream.save} and {@link RecordingStream.stdout}. */
export interface SaveOptions extends FileSinkOptions, SetSinksOptions {}

/**
 * A recording that is being made, on Node. It keeps what is logged until it is given a sink: by `save`, `stdout`,
 * `setSinks` and others. A program that just ends, or calls `process.exit()`, leaves complete files.
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
  /** @throws {TypeError} if an argument is wrong. */
  constructor(applicationId: string, options?: RecordingOptions) {
    super(applicationId, options, nodeHost);
  }

  /**
   * Writes to a file from now on; what was kept so far goes there too. The file is there when the call returns. A
   * second call with the path of the file that is being written changes nothing.
   * Rejects with `FILE`, and then the sink before stays.
   */
  save(path: string | URL, options?: SaveOptions): Promise<void> {
    return this.#modeOf((sinkOptions) => new FileSink(path, sinkOptions), options);
  }

  /**
   * Writes to standard output from now on, to be piped into `rerun -`; on a terminal everything stays buffered.
   * Print nothing else there. Rejects with `FILE`, and then the sink before stays.
   */
  stdout(options?: SaveOptions): Promise<void> {
    return this.#modeOf((sinkOptions) => new StdoutSink(sinkOptions), options);
  }

  /**
   * Sends to a running viewer or proxy from now on; what was kept so far goes there too. Resolves at once unless
   * `waitForConnection` is set: a server that comes later, goes away or comes back is connected to when it is there.
   * Default: `rerun+http://127.0.0.1:9876/proxy`, where `rerun` listens.
   *
   * @example
   * await rec.connectGrpc("rerun+http://192.168.1.5:9876/proxy");
   */
  connectGrpc(url?: string | URL | ConnectGrpcOptions, options?: Omit<ConnectGrpcOptions, "url">): Promise<void> {
    return this.handled(connectGrpc(this, url, options));
  }

  /**
   * Sends to a relay over a WebSocket from now on; what was kept so far goes there too. A relay is a program that called
   * `serveGrpc` or `serveGrpcRelay`; Rerun's own viewers do not speak this. Default: `ws://127.0.0.1:9876/ws`.
   * Resolves at once unless `waitForConnection` is set; the relay may come later, go away and come back.
   *
   * Rejects with `TIMEOUT` or `ABORTED` if it was to wait, and if an option is wrong.
   *
   * @example
   * await rec.connectWebSocket("wss://logs.example.com/ws", { token: process.env.RELAY_TOKEN });
   */
  connectWebSocket(
    url?: string | URL | ConnectWebSocketOptions,
    options?: Omit<ConnectWebSocketOptions, "url">,
  ): Promise<void> {
    return this.handled(connectWebSocket(this, url, options));
  }

  /**
   * Lets viewers connect to this program from now on; what was kept so far is served too. One port takes native viewers, the
   * web viewer and pages, to read and to log; viewers that come later get what is kept, up to `serverMemoryLimit`. The program runs
   * until the server or the recording is closed, unless `unref` is set. By default only this machine is let in.
   * Settles when it listens. What is logged until then is kept for it. A second call with the same port changes nothing.
   *
   * Rejects with `SERVER` if it cannot listen; then everything stays for the next sink.
   *
   * @example
   * const server = await rec.serveGrpc();
   * console.log(`rerun ${server.url}`);
   */
  serveGrpc(options?: ServeGrpcOptions): Promise<GrpcServer> {
    return this.handled(serveGrpc(this, options));
  }

  /**
   * Starts the Rerun viewer on this machine and sends to it from now on; what was kept so far goes there too. If someone
   * listens on the port already, that is taken for a viewer, and nothing is started. The viewer outlives this program.
   * Settles when it listens. What is logged until then is kept for it, and `flush` and `close` wait for it.
   *
   * Rejects with `FILE` if the program `rerun` is not there (which says how to install it) or cannot be run, `SERVER` if it
   * ends at once, `ABORTED`. Then everything stays for the next sink.
   *
   * @example
   * const { port, pid } = await rec.spawn({ memoryLimit: "4GB" });
   */
  spawn(options?: SpawnOptions): Promise<SpawnInfo> {
    return this.handled(spawnViewer(this, options));
  }

  /**
   * Logs what a file holds, given its name and its bytes: pictures, depth images (RVL), MP4 videos, sounds, 3D models,
   * PLY files, plain text and Markdown, and whole recordings (`.rrd`, `.rbl`). The end of the name says which it is; the
   * whole name becomes the entity's path, `folder/scan.ply` that of `/folder/scan.ply`. As in the native SDKs everything
   * is static unless `time` is given; a video and a sound are at 0 of the timeline `video` or `audio`. Recordings keep
   * their ids, so that they stay recordings of their own; a `.rbl` becomes a blueprint of this application.
   * It is all logged when the call returns, but for a `Blob` or a recording.
   *
   * Rejects with `UNSUPPORTED` at another extension, `FORMAT` if the bytes are not of that kind.
   *
   * @example
   * await rec.logFileFromContents("scan.ply", bytes, { entityPathPrefix: "world" });
   */
  logFileFromContents(name: string, contents: BlobLike | BlobWithType, options?: LogFileOptions): Promise<void> {
    return this.handled(this.#logFile(name, () => contents, options));
  }

  /**
   * Logs what a file holds; see {@link RecordingStream.logFileFromContents}. The path becomes the entity's path as it is
   * given: relative, or absolute. Rejects with `FILE` if it cannot be read.
   *
   * @example
   * await rec.logFileFromPath("scans/office.ply"); // the entity /scans/office.ply
   */
  logFileFromPath(path: string | URL, options?: LogFileOptions): Promise<void> {
    const readName = async (): Promise<void> => {
      const name = pathText(path);
      await this.#logFile(entityNameOf(name), () => readBytesSync(name), options);
    };
    return this.handled(readName());
  }

  async #logFile(
    name: string,
    read: () => BlobLike | BlobWithType,
    options: LogFileOptions | undefined,
  ): Promise<void> {
    if (!this.enabled) return;
    const at = this.at(options?.time ?? {});
    await logFile({ recording: this, at, name, contents: read(), options });
  }

  /** A sink that cannot even be made rejects like one that cannot be opened. */
  #modeOf(makeSink: (options: FileSinkOptions) => Sink, options: SaveOptions = {}): Promise<void> {
    const setSink = async (): Promise<void> => {
      const { defaultBlueprint, ...sinkOptions } = options;
      await this.setSink(makeSink(sinkOptions), { defaultBlueprint });
    };
    return this.handled(setSink());
  }
}
