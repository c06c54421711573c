import { RerunError, type RecordingStream, type SetSinksOptions } from "@rerun-ts/core";
import { checkOptions, type OptionNames, withRerunErrors } from "@rerun-ts/core/checks";
import { GrpcServerSink } from "./grpc-server-sink.ts";
import {
  GRPC_SERVER_OPTIONS,
  checkServerOptions,
  serverUrl,
  type GrpcServerSinkOptions,
} from "./grpc-server-options.ts";
import type { RelayStats } from "../relay-stats.ts";
import { RelayLauncher } from "../hosting/relay-launcher.ts";

/** Options of {@link RecordingStream.serveGrpc}. */
export interface ServeGrpcOptions extends GrpcServerSinkOptions, SetSinksOptions {}

const OPTIONS: OptionNames<ServeGrpcOptions> = { ...GRPC_SERVER_OPTIONS, defaultBlueprint: 1 };

/** A server for viewers. */
export interface GrpcServer {
  /** The URL for viewers, e.g. `rerun+http://127.0.0.1:9876/proxy`. */
  readonly url: string;
  /** The port on which the server listens, also if the system has chosen it. */
  readonly port: number;
  /** The statistics of the server. With a worker they are up to 0.1 seconds old. */
  stats(): RelayStats;
  /** Sends connected viewers the pending data, for at most 5 seconds, and closes the port. */
  close(): Promise<void>;
}

/** Longest time that connected viewers may take to receive the pending data when the server is closed. */
const CLOSE_MS = 5000;

/**
 * Implements `recording.serveGrpc`: makes a {@link GrpcServerSink} the only sink of the recording, which is in place
 * when the call returns its promise, so that everything logged from then on goes to it. If the recording serves on the
 * same port already, that server stays. A recording that is disabled starts nothing.
 *
 * Rejects with `LISTEN_FAILED` if the port cannot be bound, and with `INVALID_ARGUMENT` if an option is wrong.
 */
export async function serveGrpc(
  recording: RecordingStream,
  options: ServeGrpcOptions | undefined,
): Promise<GrpcServer> {
  checkOptions("serveGrpc", options, OPTIONS);
  const { defaultBlueprint, ...sinkOptions } = options ?? {};
  const sink = new GrpcServerSink(sinkOptions);
  if (!recording.enabled) {
    // Reports that the call is ignored.
    await recording.setSinks([]);
    return serverOf(sink);
  }
  const server = findServer(recording, sink.key) ?? sink;
  const setSink = recording.setSink(server, { defaultBlueprint });
  await Promise.all([server.listening(), setSink]);
  return serverOf(server);
}

/**
 * Serves a relay without a recording. It receives data from programs and pages, and passes it on to viewers, like
 * `rerun --serve-grpc`. It runs in a worker if possible, and keeps the process alive until it is closed, unless `unref`
 * is set.
 *
 * Rejects with `LISTEN_FAILED` if the port cannot be bound, and with `INVALID_ARGUMENT` if an option is wrong.
 *
 * @example
 * const relay = await rr.serve.serveGrpcRelay({ port: 9876, serverMemoryLimit: "4GiB" });
 * console.log(relay.url, relay.stats().readers);
 */
export function serveGrpcRelay(options?: GrpcServerSinkOptions): Promise<GrpcServer> {
  return withRerunErrors(async () => {
    const settings = checkServerOptions("serveGrpcRelay", options);
    if (settings.notice !== undefined) warn(settings.notice);
    const launcher = new RelayLauncher(settings, {
      onFallback: (reason) => warn(`no worker to serve from (${reason}); the calling thread serves instead`),
      onLost: (error) => console.error(`[rerun] ${error.message}`),
      onRejected: warn,
      onRefused: (reason) => warn(`refused a client: ${reason}`),
      onUnreceived() {},
      onRelease() {},
    });
    let port: number;
    try {
      port = await launcher.listening;
    } catch (error) {
      throw RerunError.from(error);
    }
    return {
      url: serverUrl(settings.server, port),
      port,
      stats: () => launcher.runner.stats(),
      close: async () => void (await launcher.runner.close(CLOSE_MS)),
    };
  });
}

/** The server of the recording on the same port, if it has one. */
function findServer(recording: RecordingStream, key: string): GrpcServerSink | undefined {
  return recording.sinks.find(
    (sink): sink is GrpcServerSink =>
      sink instanceof GrpcServerSink && sink.key === key && ["connecting", "open"].includes(sink.stats().state),
  );
}

function serverOf(sink: GrpcServerSink): GrpcServer {
  const { url, port } = sink;
  return { url, port, stats: () => sink.serverStats(), close: () => sink.close({}) };
}

function warn(message: string): void {
  console.warn(`[rerun] ${message}`);
}
