import { closeSync, createWriteStream, mkdirSync, openSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  FileSink,
  GrpcServerSink,
  GrpcSink,
  RecordingStream,
  StdoutSink,
  StreamSink,
  WebSocketSink,
  serveGrpcRelay,
  spool,
  tee,
  type GrpcServer,
  type Sink,
} from "@rerun-ts/node";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";
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
let count = 0;

/** A sink into a file, at a path of its own. */
function inFile(create: (path: string) => { readonly sink: Sink; readonly fd?: number }): Destination {
  const path = join(folder.path, `${count++}.rrd`);
  const { sink, fd } = create(path);
  return {
    sink,
    arrived: () => [readFileSync(path)],
    cleanUp: () => {
      if (fd !== undefined) closeSync(fd);
    },
  };
}

/** A sink that sends to a relay of its own, and the port of that relay. */
interface RelayDestination extends Destination {
  readonly port: number;
  arrived(): Promise<readonly Uint8Array[]>;
}

function toRelay(create: (port: number) => Sink): (options: { isAbsent: boolean }) => Promise<RelayDestination> {
  return async ({ isAbsent }) => {
    const port = await freePort();
    let relay: GrpcServer | undefined;
    const appear = async (): Promise<void> => void (relay ??= await serveGrpcRelay({ port, worker: false }));
    if (!isAbsent) await appear();
    return {
      port,
      sink: create(port),
      appear,
      async arrived() {
        if (relay === undefined) return [];
        const reader = new RelayReaderClient(relay.url);
        await reader.until(relay.stats().heldMessages);
        reader.stop();
        return [reader.toRrd()];
      },
      cleanUp: () => relay?.close(),
    };
  };
}

/** The spooled sink: what is still in its folder has arrived, too. */
function spooled(destination: RelayDestination): Destination {
  const directory = join(folder.path, String(count++));
  mkdirSync(directory);
  return {
    ...destination,
    sink: spool(destination.sink, { directory }),
    async arrived() {
      const names = readdirSync(directory).filter((name) => name.endsWith(".rrd"));
      return [...(await destination.arrived()), ...names.map((name) => readFileSync(join(directory, name)))];
    },
  };
}

const wrappings: Readonly<Record<string, Wrapping<RecordingStream>>> = {
  ...WRAPPINGS,
  async "in a spool"(create) {
    const destination = spooled((await create()) as RelayDestination);
    return { destinations: [destination], place: (recording) => recording.setSink(destination.sink) };
  },
  async "in a spool in a tee"(create) {
    const destinations = [spooled((await create()) as RelayDestination), inMemory()];
    const sink = tee(destinations.map((destination) => destination.sink));
    return { destinations, place: (recording) => recording.setSink(sink) };
  },
  async "in a tee in a spool"(create) {
    const destination = (await create()) as RelayDestination;
    const combined = spooled({ ...destination, sink: tee([destination.sink]) });
    return { destinations: [combined], place: (recording) => recording.setSink(combined.sink) };
  },
  async "that `spawn` sets"(create) {
    const destination = (await create()) as RelayDestination;
    return { destinations: [destination], place: (recording) => recording.spawn({ port: destination.port }) };
  },
};

const SERVERS = ["GrpcSink", "GrpcSink without a worker", "WebSocketSink", "WebSocketSink without a worker"];

describeSinkMatrix({
  createRecording: (options) => new RecordingStream("matrix", options),
  sinks: {
    FileSink: () => inFile((path) => ({ sink: new FileSink(path) })),
    StdoutSink: () =>
      inFile((path) => {
        const fd = openSync(path, "w");
        return { sink: Object.assign(new StdoutSink({}, fd), { key: `stdout ${path}` }), fd };
      }),
    StreamSink: () => inFile((path) => ({ sink: new StreamSink(createWriteStream(path)) })),
    GrpcServerSink() {
      const sink = new GrpcServerSink({ port: 0 });
      return {
        sink,
        // Without the store info.
        arrived: () => Math.max(0, sink.serverStats().receivedMessages - 1),
      };
    },
    GrpcSink: toRelay((port) => new GrpcSink(`rerun+http://127.0.0.1:${port}/proxy`)),
    "GrpcSink without a worker": toRelay(
      (port) => new GrpcSink(`rerun+http://127.0.0.1:${port}/proxy`, { worker: false }),
    ),
    WebSocketSink: toRelay((port) => new WebSocketSink(`ws://127.0.0.1:${port}/ws`)),
    "WebSocketSink without a worker": toRelay(
      (port) => new WebSocketSink(`ws://127.0.0.1:${port}/ws`, { worker: false }),
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
    return undefined;
  },
});
