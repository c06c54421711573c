import { createWriteStream, openSync } from "node:fs";
import {
  FileSink,
  GrpcServerSink,
  GrpcSink,
  PartsFileSink,
  RecordingStream,
  StdoutSink,
  StreamSink,
  WebSocketSink,
  tee,
} from "@rerun-ts/node";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import {
  inFile,
  inFolder,
  spooled,
  toRelay,
  type RelayDestination,
} from "@rerun-ts/test-support/node/sink-destinations";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import {
  SITUATIONS,
  WRAPPINGS,
  describeSinkMatrix,
  inMemory,
  type Destination,
  type Wrapping,
} from "@rerun-ts/test-support/common/sink-matrix";
import { afterAll } from "vitest";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());
const spooledHere = (destination: RelayDestination): Destination => spooled(folder.path, destination);
const newFile = (create: Parameters<typeof inFile>[1]): Destination => inFile(folder.path, create);

const wrappings: Readonly<Record<string, Wrapping<RecordingStream>>> = {
  ...WRAPPINGS,
  async "in a spool"(create) {
    const destination = spooledHere((await create()) as RelayDestination);
    return { destinations: [destination], place: (recording) => recording.setSink(destination.sink) };
  },
  async "in a spool in a tee"(create) {
    const destinations = [spooledHere((await create()) as RelayDestination), inMemory()];
    const sink = tee(destinations.map((destination) => destination.sink));
    return { destinations, place: (recording) => recording.setSink(sink) };
  },
  async "in a tee in a spool"(create) {
    const destination = (await create()) as RelayDestination;
    const combined = spooledHere({ ...destination, sink: tee([destination.sink]) });
    return { destinations: [combined], place: (recording) => recording.setSink(combined.sink) };
  },
  async "that `spawn` sets"(create) {
    const destination = (await create()) as RelayDestination;
    return { destinations: [destination], place: (recording) => recording.spawn({ port: destination.port }) };
  },
};

const SERVERS = ["GrpcSink", "GrpcSink without a worker", "WebSocketSink", "WebSocketSink without a worker"];
const [WRAPPING_NAMES, SITUATION_NAMES] = [Object.keys(wrappings), Object.keys(SITUATIONS)];

/**
 * Whether a combination is left to soak tests. Of each wrapping and situation, a sink of gRPC, one of WebSockets and
 * one that is a server run here. One of the first two has a worker, and the third in every other situation. All sinks
 * that are alone, and those that `spawn` sets, run in all situations.
 */
function isForSoak(sink: string, wrapping: string, situation: string): boolean {
  if (isSoak || wrapping === "alone" || wrapping.includes("`spawn`")) return false;
  if (!SERVERS.includes(sink) && !sink.startsWith("GrpcServerSink")) return false;
  const isEven = (WRAPPING_NAMES.indexOf(wrapping) + SITUATION_NAMES.indexOf(situation)) % 2 === 0;
  const isWebSocket = sink.startsWith("WebSocket");
  const hasWorker = !sink.includes("without");
  return isEven === (isWebSocket === hasWorker);
}

/** A server, whose readers could receive the messages that have arrived. */
function server(thread: boolean): Destination {
  const sink = new GrpcServerSink({ port: 0, thread });
  // Without the store info.
  return { sink, arrived: () => Math.max(0, sink.serverStats().receivedMessages - 1) };
}

describeSinkMatrix({
  createRecording: (options) => new RecordingStream("matrix", options),
  sinks: {
    FileSink: () => newFile((path) => ({ sink: new FileSink(path) })),
    PartsFileSink: () => inFolder(folder.path, (path) => new PartsFileSink(path)),
    StdoutSink: () =>
      newFile((path) => {
        const fd = openSync(path, "w");
        return { sink: Object.assign(new StdoutSink({}, fd), { key: `stdout ${path}` }), fd };
      }),
    StreamSink: () => newFile((path) => ({ sink: new StreamSink(createWriteStream(path)) })),
    GrpcServerSink: () => server(true),
    "GrpcServerSink without a worker": () => server(false),
    GrpcSink: toRelay((port) => new GrpcSink(`rerun+http://127.0.0.1:${port}/proxy`)),
    "GrpcSink without a worker": toRelay(
      (port) => new GrpcSink(`rerun+http://127.0.0.1:${port}/proxy`, { thread: false }),
    ),
    WebSocketSink: toRelay((port) => new WebSocketSink(`ws://127.0.0.1:${port}/ws`)),
    "WebSocketSink without a worker": toRelay(
      (port) => new WebSocketSink(`ws://127.0.0.1:${port}/ws`, { thread: false }),
    ),
  },
  wrappings,
  situations: SITUATIONS,
  excludes(sink, wrapping, situation) {
    const hasServer = SERVERS.includes(sink);
    if (situation.includes("server is away") && !hasServer) return "the sink has no server";
    if (wrapping.includes("spool") && !hasServer) return "a spool is for sinks that send to a server";
    if (wrapping.includes("`spawn`") && sink !== "GrpcSink") return "`spawn` sends with a GrpcSink";
    if (wrapping.includes("`spawn`") && situation.includes("server is away")) return "`spawn` would start a viewer";
    if (isForSoak(sink, wrapping, situation)) return "soak tests run it";
    return undefined;
  },
});
