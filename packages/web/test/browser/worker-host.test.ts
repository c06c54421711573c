import {
  GrpcSink,
  RecordingStream,
  Scalars,
  TextLog,
  WebSocketSink,
  WorkerHost,
  type RerunError,
  type types,
} from "@rerun-ts/web";
import { afterEach, describe, expect, it } from "vitest";
import { valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { FetchServer } from "@rerun-ts/test-support/common/fetch-server";
import { describeSinkContract } from "@rerun-ts/test-support/common/sink-contract";
import type { TestRequest } from "./hosted-worker.ts";

/** What the server in a worker has received. */
interface Received {
  readonly rrd: Uint8Array;
  readonly headers: readonly Readonly<Record<string, string>>[];
}

/** A host whose workers have a server in them. */
class TestHost {
  readonly workers: Worker[] = [];
  readonly host: WorkerHost = new WorkerHost(() => {
    const worker = new Worker(new URL("./hosted-worker.ts", import.meta.url), { type: "module" });
    this.workers.push(worker);
    return worker;
  });

  post(request: TestRequest, transfer: Transferable[] = []): void {
    this.workers.at(-1)?.postMessage(request, transfer);
  }

  async read(): Promise<Received> {
    const { port1, port2 } = new MessageChannel();
    const reply = new Promise<Received>((resolve) => {
      port1.addEventListener("message", ({ data }: MessageEvent<Received>) => resolve(data), { once: true });
      port1.start();
    });
    this.post({ type: "test-read", reply: port2 }, [port2]);
    return reply;
  }
}

for (const [name, Sink] of [
  ["GrpcSink", GrpcSink],
  ["WebSocketSink", WebSocketSink],
] as const) {
  // One worker for all tests of a sink, as for all sinks of a page.
  const hosted = new TestHost();
  describeSinkContract(
    `${name} through a WorkerHost`,
    () => {
      hosted.post({ type: "test-reset" });
      const sink = new Sink(undefined, { worker: hosted.host });
      return {
        sink,
        async read() {
          await sink.flush();
          return [(await hosted.read()).rrd];
        },
      };
    },
    { isAsynchronous: true, workingState: "connecting" },
  );
}

describe("WorkerHost", () => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  });

  function connect(options: Omit<types.GrpcSinkOptions, "worker"> = {}): {
    readonly rec: RecordingStream;
    readonly hosted: TestHost;
    readonly warnings: string[];
    readonly errors: RerunError[];
  } {
    const hosted = new TestHost();
    const warnings: string[] = [];
    const errors: RerunError[] = [];
    const rec = new RecordingStream("hosted", {
      sendProperties: false,
      onWarning: ({ message }) => warnings.push(message),
      onError: (error) => errors.push(error),
    });
    cleanUps.push(
      () => rec.close({ timeoutMs: 0 }).catch(() => {}),
      () => hosted.host.close(),
    );
    void rec.setSink(new GrpcSink(undefined, { ...options, worker: hosted.host }));
    return { rec, hosted, warnings, errors };
  }

  const numbersIn = (rrd: Uint8Array): unknown[] => valuesOf(rrd, "/number", "Scalars:scalars").flat();
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

  it("starts another worker if the first one fails, and sends what was not acknowledged and the static data again", async () => {
    const { rec, hosted, warnings, errors } = connect();
    rec.log("fixed", new TextLog("static"), { static: true });
    for (const number of range(0, 50)) rec.log("number", new Scalars(number));
    await rec.flush();
    expect(numbersIn((await hosted.read()).rrd)).toEqual(range(0, 50));
    hosted.post({ type: "test-absent", isAbsent: true });
    for (const number of range(50, 100)) rec.log("number", new Scalars(number));
    hosted.post({ type: "test-fail" });
    await expect.poll(() => hosted.workers.length, { timeout: 10_000 }).toBe(2);
    await rec.flush({ timeoutMs: 10_000 });
    const { rrd } = await hosted.read();
    expect(numbersIn(rrd)).toEqual(range(50, 100));
    expect(valuesOf(rrd, "/fixed", "TextLog:text")).toEqual([["static"]]);
    const [{ reconnects, droppedRows } = { reconnects: 0, droppedRows: -1 }] = rec.stats().sinks;
    expect([reconnects, droppedRows, errors]).toEqual([1, 0, []]);
    expect(warnings.join()).toContain("the worker was asked to fail");
  });

  it("notices a worker that ends without an event, and starts another one", async () => {
    const { rec, hosted } = connect();
    rec.log("number", new Scalars(1));
    await rec.flush();
    hosted.workers[0]?.terminate();
    rec.log("number", new Scalars(2));
    await expect.poll(async () => (await rec.flush()).complete, { timeout: 20_000 }).toBe(true);
    expect(hosted.workers).toHaveLength(2);
    expect(numbersIn((await hosted.read()).rrd)).toEqual([2]);
  });

  it("calls the page's function for headers, for each request of the worker", async () => {
    let calls = 0;
    const { rec, hosted } = connect({ headers: () => ({ authorization: `call ${++calls}` }) });
    rec.log("number", new Scalars(1));
    await rec.flush();
    const { headers } = await hosted.read();
    expect(headers.map(({ authorization }) => authorization)).toEqual(
      range(0, calls).map((call) => `call ${call + 1}`),
    );
    expect(calls).toBeGreaterThanOrEqual(2);
  });

  it("bounds what the page keeps while the server is absent: the oldest data is dropped and counted", async () => {
    const { rec, hosted } = connect({ maxQueueBytes: 200_000 });
    rec.log("number", new Scalars(-1));
    await rec.flush();
    hosted.post({ type: "test-absent", isAbsent: true });
    for (const number of range(0, 60)) {
      rec.log("number", new TextLog("x".repeat(10_000) + String(number)));
      await rec.flush({ timeoutMs: 1 }).catch(() => {});
    }
    const [sink] = rec.stats().sinks;
    expect(sink?.queuedBytes).toBeLessThanOrEqual(200_000);
    hosted.post({ type: "test-absent", isAbsent: false });
    await rec.flush({ timeoutMs: 20_000 });
    const texts = valuesOf((await hosted.read()).rrd, "/number", "TextLog:text").flat() as string[];
    const dropped = rec.stats().sinks[0]?.droppedRows ?? 0;
    expect(texts.at(-1)?.slice(10_000)).toBe("59");
    expect(new Set(texts).size + dropped).toBe(60);
  });

  it("lets the page's thread send if the worker cannot be started, and reports that", async () => {
    const warnings: string[] = [];
    const rec = new RecordingStream("hosted", { onWarning: ({ message }) => warnings.push(message) });
    const { fetch: original } = globalThis;
    const server = new FetchServer();
    globalThis.fetch = server.fetch;
    cleanUps.push(() => void (globalThis.fetch = original));
    const host = new WorkerHost(() => new Worker("/no-such-worker.js", { type: "module" }));
    void rec.setSink(new GrpcSink(undefined, { worker: host }));
    rec.log("number", new Scalars(1));
    await rec.flush({ timeoutMs: 10_000 });
    expect(numbersIn(server.toRrd())).toEqual([1]);
    expect(warnings).toContainEqual(expect.stringContaining("the page's thread sends instead"));
    await rec.close();
  });

  it("rejects what is no WorkerHost, and options that a worker cannot use", () => {
    expect(() => new GrpcSink(undefined, { worker: {} })).toThrow("`worker` must be a WorkerHost, got an empty object");
    const { host } = new TestHost();
    expect(() => new GrpcSink(undefined, { worker: host, fetch })).toThrow(
      "`fetch` must not be used together with `worker`",
    );
    expect(() => new WebSocketSink(undefined, { worker: host, WebSocket })).toThrow(
      "`WebSocket` must not be used together",
    );
    expect(() => new WorkerHost(3 as never)).toThrow("`create` must be a function that returns a Worker, got 3");
  });
});
