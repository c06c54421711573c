import { RerunError, type RecordingStream, type SetSinksOptions } from "@rerun-ts/core";
import { GrpcServerSink } from "./grpc-server-sink.ts";
import { checkServerOptions, serverUrl, type GrpcServerSinkOptions } from "./grpc-server-options.ts";
import type { RelayStats } from "./health.ts";
import { RelayStart } from "./start-relay.ts";
import { ServingSink } from "./serving-sink.ts";

/** Options of {@link RecordingStream.serveGrpc}. */
export interface ServeGrpcOptions extends GrpcServerSinkOptions, SetSinksOptions {}

/** A server that viewers connect to. */
export interface GrpcServer {
  /** What viewers connect to, e.g. `rerun+http://127.0.0.1:9876/proxy`. */
  readonly url: string;
  readonly port: number;
  /** How it is doing. */
  stats(): RelayStats;
  /** Sends connected viewers what they have not got, for 5 seconds at most, and ends. */
  close(): Promise<void>;
}

const CLOSE_MS = 5000;

/** Lets viewers connect to a recording. The sink is in place when the call returns its promise. */
export async function serveGrpc(
  recording: RecordingStream,
  options: ServeGrpcOptions | undefined,
): Promise<GrpcServer> {
  const { defaultBlueprint, ...sinkOptions } = options ?? {};
  const sink = new GrpcServerSink(sinkOptions);
  if (!recording.enabled) {
    // Tells that it is ignored.
    await recording.setSinks([]);
    return serverOf(sink);
  }
  const serving = findServer(recording, sink.key) ?? new ServingSink(sink);
  const setSink = recording.setSink(serving, { defaultBlueprint });
  if (serving instanceof GrpcServerSink) {
    await setSink;
    return serverOf(serving);
  }
  await Promise.all([serving.listening, setSink]);
  return serverOf(serving.server);
}

/**
 * Serves what programs and pages send to it, without a recording of its own: a relay between those who log and those who view, like
 * `rerun --serve-grpc`. It runs until it is closed.
 *
 * Rejects with `SERVER` if it cannot listen, and with a `TypeError` if an option is wrong.
 *
 * @example
 * const relay = await rr.serveGrpcRelay({ port: 9876, serverMemoryLimit: "4GiB" });
 * console.log(relay.url, relay.stats().readers);
 */
export async function serveGrpcRelay(options?: GrpcServerSinkOptions): Promise<GrpcServer> {
  const settings = checkServerOptions("`serveGrpcRelay`", options);
  for (const notice of settings.notices) tell(notice);
  const start = new RelayStart(settings, {
    onFallback: (reason) => tell(`there is no worker to serve from (${reason}): the calling thread does it`),
    onLost: (error) => console.error(`[rerun] ${error.message}`),
    onRefused: tell,
  });
  let port: number;
  try {
    port = await start.listening;
  } catch (error) {
    throw RerunError.from(error);
  }
  return {
    url: serverUrl(settings.server, port),
    port,
    stats: () => start.host.stats(),
    close: () => start.host.close(CLOSE_MS),
  };
}

/** The server of a recording that listens there already, or begins to. */
function findServer(recording: RecordingStream, key: string): ServingSink | GrpcServerSink | undefined {
  return recording.currentSinks.find(
    (sink): sink is ServingSink | GrpcServerSink =>
      (sink instanceof ServingSink || sink instanceof GrpcServerSink) &&
      sink.key === key &&
      ["connecting", "open"].includes(sink.stats().state),
  );
}

function serverOf(sink: GrpcServerSink): GrpcServer {
  const { url, port } = sink;
  return { url, port, stats: () => sink.serverStats(), close: () => sink.close({}) };
}

function tell(message: string): void {
  console.warn(`[rerun] ${message}`);
}
