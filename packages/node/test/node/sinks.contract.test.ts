import { closeSync, createWriteStream, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { FileSink, StdoutSink, StreamSink } from "@rerun-ts/node";
import { describeSinkContract, type SinkSubject } from "../../../core/test/contract/sink-contract.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

/** A sink that writes to a file which `makeSink` is told of. */
function subjectWithFile(makeSink: (path: string) => Pick<SinkSubject, "sink" | "cleanUp">): SinkSubject {
  const folder = makeTemporaryFolder();
  const path = join(folder.path, "contract.rrd");
  const { sink, cleanUp } = makeSink(path);
  return {
    sink,
    read: () => [new Uint8Array(readFileSync(path))],
    cleanUp: () => {
      void cleanUp?.();
      folder.remove();
    },
  };
}

describeSinkContract("FileSink", () => subjectWithFile((path) => ({ sink: new FileSink(path) })), { hasFooter: true });

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
