import { closeSync, createWriteStream, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { encodeRrd } from "@rerun-ts/core/encode";
import {
  FileSink,
  FlightRecorder,
  GrpcServerSink,
  PartsFileSink,
  StdoutSink,
  StreamSink,
  type types,
} from "@rerun-ts/node";
import { describeSinkContract, type SinkSubject } from "@rerun-ts/test-support/common/sink-contract";
import { RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";
import { filesIn } from "@rerun-ts/test-support/node/sink-destinations";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";

/** The parts of the contract's setup for a sink that `makeSink` creates for the path of a file. */
function subjectWithFile(makeSink: (path: string) => Pick<SinkSubject, "sink" | "cleanUp">): SinkSubject {
  const folder = makeTemporaryFolder();
  const path = join(folder.path, "contract.rrd");
  const { sink, cleanUp } = makeSink(path);
  return {
    sink,
    read: () => [new Uint8Array(readFileSync(path))],
    cleanUp: async () => {
      await cleanUp?.();
      await folder.remove();
    },
  };
}

describeSinkContract("FileSink", () => subjectWithFile((path) => ({ sink: new FileSink(path) })), { hasFooter: true });

describeSinkContract(
  "PartsFileSink",
  () => {
    const { path, remove } = makeTemporaryFolder();
    return { sink: new PartsFileSink(path), read: () => filesIn(path), cleanUp: remove };
  },
  { hasFooter: true },
);

describeSinkContract(
  "StdoutSink",
  () =>
    subjectWithFile((path) => {
      const fd = openSync(path, "w");
      return { sink: new StdoutSink({}, fd), cleanUp: () => closeSync(fd) };
    }),
  { hasFooter: true },
);

describeSinkContract(
  "StreamSink on a stream into a file",
  () => subjectWithFile((path) => ({ sink: new StreamSink(createWriteStream(path)) })),
  { hasFooter: true, isAsynchronous: true },
);

describeSinkContract(
  "StreamSink on a slow Writable",
  () => {
    const pieces: Uint8Array[] = [];
    const stream = new Writable({
      highWaterMark: 1,
      write(piece: Uint8Array, _, done) {
        pieces.push(piece.slice());
        setImmediate(done);
      },
    });
    return { sink: new StreamSink(stream), read: () => [new Uint8Array(Buffer.concat(pieces))] };
  },
  { hasFooter: true, isAsynchronous: true },
);

for (const thread of [true, false])
  describeSinkContract(
    `GrpcServerSink (thread: ${thread})`,
    () => {
      const sink = new GrpcServerSink({ port: 0, thread });
      let reader: RelayReaderClient | undefined;
      const open = sink.open.bind(sink);
      // A reader that is connected from the start.
      sink.open = async (context) => {
        await open(context);
        reader = new RelayReaderClient(sink.url);
        while (sink.serverStats().readers === 0) await setTimeout(5);
      };
      return {
        sink,
        read: async () => {
          const { state } = sink.stats();
          if (state === "closed") await reader?.ended;
          else await reader?.until(sink.serverStats().receivedMessages);
          return [reader?.toRrd() ?? new Uint8Array()];
        },
        cleanUp: async () => {
          reader?.stop();
          await sink.close({});
        },
      };
    },
    { isAsynchronous: !thread },
  );

describeSinkContract(
  "FlightRecorder",
  () => {
    const box = new FlightRecorder();
    const [sink] = (box as unknown as { parts: readonly types.Sink[] }).parts;
    // Without the reason of the dump.
    const isLogged = ({ manifest }: types.EncodedMessage): boolean =>
      manifest?.entityPath.endsWith("flight_recorder") !== true;
    const read = (): Uint8Array[] => [encodeRrd(readEncodedMessages(box.toBytes()).filter(isLogged))];
    return { sink: sink as types.Sink, read };
  },
  { hasFooter: true },
);
