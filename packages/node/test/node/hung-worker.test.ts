import { once } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import workerThreads from "node:worker_threads";
import type { Sink } from "@rerun-ts/core";
import { EncodedImage, GrpcServerSink, GrpcSink, RecordingStream, Scalars } from "@rerun-ts/node";
import { afterEach, describe, expect, it, vi } from "vitest";

const { Worker } = workerThreads;

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

/** The next worker that the package starts, when it runs. */
function nextWorker(): Promise<workerThreads.Worker> {
  return new Promise((resolve) => {
    vi.spyOn(workerThreads, "Worker").mockImplementation(function (
      ...args: ConstructorParameters<typeof workerThreads.Worker>
    ) {
      const worker = new Worker(...args);
      // A worker of its own says that it runs. A shared one says it to each connection.
      void once(worker, "message").then(() => resolve(worker));
      void once(worker, "online").then(async () => (await delay(500), resolve(worker)));
      return worker;
    } as never);
    syncBuiltinESMExports();
  });
}

describe("a sink whose worker does not run any more, while the program does not yield", () => {
  it.each([
    ["GrpcServerSink", () => new GrpcServerSink({ port: 0 })],
    ["GrpcSink", () => new GrpcSink("rerun+http://127.0.0.1:1/proxy", { onFull: "drop-oldest" })],
  ] as [string, () => Sink][])("%s blocks one call that logs, not each", async (_name, create) => {
    const started = nextWorker();
    const recording = new RecordingStream("hung", { compression: "none", onWarning: () => {}, onError: () => {} });
    await recording.setSink(create());
    // What follows happens in one turn of the event loop, so that nothing is known of its end.
    void (await started).terminate();
    const wait = vi.spyOn(Atomics, "wait");
    const contents = new Uint8Array(4 * 1024 * 1024);
    const waits: number[] = [];
    for (let image = 0; image < 12; image++) {
      const before = wait.mock.calls.length;
      recording.log("image", new EncodedImage({ contents, mediaType: "image/png" }));
      waits.push(wait.mock.calls.length - before);
    }
    expect(waits.filter((count) => count > 10).length).toBe(1);
    await recording.close({ timeoutMs: 100 }).catch(() => {});
  });
});

it("a GrpcServerSink whose worker has ended counts what the worker has not received", async () => {
  const started = nextWorker();
  const recording = new RecordingStream("ended", { sendProperties: false, onWarning: () => {}, onError: () => {} });
  await recording.setSink(new GrpcServerSink({ port: 0 }));
  const worker = await started;
  recording.log("row", new Scalars(0));
  await recording.flush();
  // In one turn of the event loop, so that nothing is known of its end.
  const ended = worker.terminate();
  for (let row = 1; row <= 10; row++) {
    recording.log("row", new Scalars(row));
    void recording.flush().catch(() => {});
  }
  await ended;
  await recording.flush().catch(() => {});
  recording.log("row", new Scalars(11));
  await recording.close().catch(() => {});
  expect(recording.stats().droppedRows).toBe(11);
});
