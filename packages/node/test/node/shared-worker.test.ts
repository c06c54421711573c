import { GrpcSink, RecordingStream, Scalars } from "@rerun-ts/node";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { GrpcServer } from "@rerun-ts/test-support/node/grpc-server";
import { describe, expect, it, onTestFinished } from "vitest";

async function start(behaviour = {}): Promise<GrpcServer> {
  const server = await GrpcServer.start(behaviour);
  onTestFinished(() => server.stop().catch(() => {}));
  return server;
}

function open(recordingId: string, url: string): RecordingStream {
  const recording = new RecordingStream("shared", { recordingId, onError: () => {}, onWarning: () => {} });
  void recording.setSink(new GrpcSink(url, { thread: true }));
  recording.log(recordingId, new Scalars(1));
  return recording;
}

/** The threads of this process besides this one. */
function countThreads(): number {
  const { workers } = process.report.getReport() as unknown as { readonly workers: readonly unknown[] };
  return workers.length;
}

describe("the thread that sends", () => {
  it("is one for all recordings of a process", async () => {
    const server = await start();
    const before = countThreads();
    const recordings = Array.from({ length: 20 }, (_, index) => open(`r${index}`, server.url));
    for (const recording of recordings)
      expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
    expect(countThreads() - before).toBeLessThanOrEqual(1);
    await Promise.all(recordings.map((recording) => recording.close()));
    const found = readChunks(server.toRrd()).map(({ entityPath }) => entityPath);
    expect(found.sort()).toEqual(recordings.map((_, index) => `/r${index}`).sort());
  });

  it("goes on for the other recordings when one has ended, whatever its end", async () => {
    const [server, silent] = [await start(), await start({ neverReads: true })];
    const [lasting, lost, short] = [open("lasting", server.url), open("lost", silent.url), open("short", server.url)];
    expect(await short.close()).toMatchObject({ complete: true });
    expect(await lost.close({ timeoutMs: 50 })).toMatchObject({ complete: false, droppedRows: 2 });
    lasting.log("later", new Scalars(2));
    expect(await lasting.close()).toMatchObject({ complete: true, droppedRows: 0 });
    expect(readChunks(server.toRrd()).map(({ entityPath }) => entityPath)).toContain("/later");
  });
});
