import {
  closeSync,
  createWriteStream,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { FileSink, GrpcSink, RecordingStream, StdoutSink, StreamSink, WebSocketSink } from "@rerun-ts/node";
import {
  SITUATIONS,
  WRAPPINGS,
  describeSinkMatrix,
  type Destination,
  type Situation,
} from "@rerun-ts/test-support/common/sink-matrix";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { inFile, spooled, toRelay } from "@rerun-ts/test-support/node/sink-destinations";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { afterAll, beforeEach, describe } from "vitest";
import { mountSmallDisk } from "./harness/small-disk.ts";

/** The free space of the disk at the start: enough for a part of the first logged rows. */
const FREE_BYTES = isSoak ? 32 * 1024 : 8 * 1024;
const STEP_BYTES = 64 * 1024;

const folder = makeTemporaryFolder();
const disk = await mountSmallDisk(folder.path);
const path = "path" in disk ? disk.path : folder.path;
const filler = join(path, "filler");
afterAll(async () => {
  if ("unmount" in disk) await disk.unmount();
  await folder.remove();
});
beforeEach(({ skip }) => {
  if ("missing" in disk) skip(disk.missing);
});

/** Fills the disk but for a few bytes. */
function fill(): void {
  const fd = openSync(filler, "a");
  try {
    for (;;) writeSync(fd, new Uint8Array(STEP_BYTES));
  } catch {
    ftruncateSync(fd, fstatSync(fd).size - FREE_BYTES);
  }
  closeSync(fd);
}

/**
 * The destination on the full disk. Its files on the disk are removed with it, and there is room when the server
 * appears.
 */
function onFullDisk(destination: Destination): Destination {
  fill();
  return {
    ...destination,
    async appear() {
      rmSync(filler, { force: true });
      await destination.appear?.();
    },
    async cleanUp() {
      await destination.cleanUp?.();
      for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true });
    },
  };
}

const toServer = toRelay((port) => new WebSocketSink(`ws://127.0.0.1:${port}/ws`, { thread: false }));
const toGrpcServer = toRelay((port) => new GrpcSink(`rerun+http://127.0.0.1:${port}/proxy`, { thread: false }));
let count = 0;

const situations: Readonly<Record<string, Situation>> = {
  ...SITUATIONS,
  // The sinks may have been broken when they are set again.
  async "set again while it sends, and after it was closed"(trial) {
    await trial.place();
    trial.log();
    await trial.place().catch(() => {});
    trial.log();
    await trial.disconnect();
    trial.log();
    await trial.close();
  },
  async "while the disk is full, and when there is room again"(trial) {
    await trial.place();
    trial.log();
    await trial.appear();
    trial.log();
    await trial.close();
  },
};

describe("on a disk that becomes full", () => {
  describeSinkMatrix({
    createRecording: (options) => new RecordingStream("full", options),
    sinks: {
      FileSink: () => onFullDisk(inFile(path, (file) => ({ sink: new FileSink(file) }))),
      StdoutSink: () =>
        onFullDisk(
          inFile(path, (file) => {
            const fd = openSync(file, "w");
            return { sink: Object.assign(new StdoutSink({}, fd), { key: `stdout ${count++}` }), fd };
          }),
        ),
      // The stream may have written a part of the rows that it reports as not written.
      StreamSink: () => ({
        ...onFullDisk(inFile(path, (file) => ({ sink: new StreamSink(createWriteStream(file)) }))),
        isUncertain: true,
      }),
      // A recording that ends without a connection does not wait for one. If there is one just then, the server may get
      // rows that the full disk did not take, and that are dropped because nothing acknowledged them.
      "spooled WebSocketSink": async (options) => ({
        ...onFullDisk(spooled(path, await toServer(options))),
        isUncertain: true,
      }),
      // A server acknowledges a call at its end: it may have rows of a call that the end of the trial has cut.
      "spooled GrpcSink": async (options) => ({
        ...onFullDisk(spooled(path, await toGrpcServer(options))),
        isUncertain: true,
      }),
    },
    wrappings: WRAPPINGS,
    situations,
    mayBreak: true,
    excludes: (sink, _, situation) =>
      situation.includes("server is away") && !sink.includes("spooled") ? "the sink has no server" : undefined,
  });
});
