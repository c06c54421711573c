import { GrpcWebSink, RecordingStream, type GrpcWebSinkOptions, type RerunError } from "@rerun-ts/core";
import { parseProxyUrl, whatToDo } from "@rerun-ts/core/internal";
import { Scalars } from "@rerun-ts/types";
import { afterEach, describe, expect, it } from "vitest";
import { FetchServer } from "../contract/fetch-server.ts";
import { readChunks } from "../contract/read-chunks.ts";
import { describeSinkContract } from "../contract/sink-contract.ts";

describeSinkContract(
  "GrpcWebSink",
  () => {
    const server = new FetchServer();
    const sink = new GrpcWebSink({ fetch: server.fetch });
    return {
      sink,
      async read() {
        await sink.flush();
        return [server.toRrd()];
      },
    };
  },
  { isAsynchronous: true, workingState: "connecting" },
);

describe("sending over gRPC-web", () => {
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  function connect(options: GrpcWebSinkOptions = {}): {
    recording: RecordingStream;
    server: FetchServer;
    errors: RerunError[];
  } {
    const server = new FetchServer();
    const errors: RerunError[] = [];
    const recording = new RecordingStream("web", { onError: (error) => errors.push(error), onWarning: () => {} });
    stops.push(() => recording.close({ timeoutMs: 0 }).catch(() => {}));
    void recording.setSink(new GrpcWebSink({ fetch: server.fetch, ...options }));
    return { recording, server, errors };
  }

  const framesIn = (server: FetchServer): bigint[] =>
    readChunks(server.toRrd()).flatMap(({ times }) => times.frame ?? []);

  function logFrame(recording: RecordingStream, frame: number, count = 1): void {
    recording.setTime("frame", frame);
    recording.log("a", new Scalars(Float64Array.from({ length: count }, Math.random)));
  }

  it("delivers what was logged before there was a server", async () => {
    const { recording, server } = connect();
    server.behaviour = { isAbsent: true };
    logFrame(recording, 1);
    expect(await recording.flush({ timeoutMs: 150 })).toMatchObject({ complete: false });
    server.behaviour = {};
    expect(await recording.flush()).toMatchObject({ complete: true });
    expect(framesIn(server)).toEqual([1n]);
    expect(server.received[0]?.kind).toBe("storeInfo");
  });

  it("tells once why there is no connection, though it goes on trying", async () => {
    const server = new FetchServer();
    server.behaviour = { isAbsent: true };
    const warnings: string[] = [];
    const recording = new RecordingStream("web", { onWarning: ({ message }) => warnings.push(message) });
    stops.push(() => recording.close({ timeoutMs: 0 }).catch(() => {}));
    void recording.setSink(new GrpcWebSink({ fetch: server.fetch }));
    logFrame(recording, 1);
    await recording.flush({ timeoutMs: 300 });
    expect(warnings).toEqual([expect.stringMatching(/^there is no connection to rerun\+http:.*: Failed to fetch/)]);
    server.behaviour = {};
    expect(await recording.flush()).toMatchObject({ complete: true });
  });

  it("tells a server that comes back what it must know, and sends again what was not acknowledged", async () => {
    const { recording, server } = connect();
    recording.log("fixed", new Scalars(5), { static: true });
    logFrame(recording, 1);
    await recording.flush();
    server.behaviour = { losesData: true };
    logFrame(recording, 2);
    await recording.flush({ timeoutMs: 100 });
    server.received = [];
    server.behaviour = {};
    await recording.flush();
    expect(server.received[0]?.kind).toBe("storeInfo");
    expect(readChunks(server.toRrd()).map(({ entityPath }) => entityPath)).toEqual(["/fixed", "/a"]);
    expect(framesIn(server)).toEqual([2n]);
    expect(recording.stats().sinks[0]).toMatchObject({ state: "open", droppedRows: 0 });
  });

  it("gives up when what it sends is lost again and again though the server is there", async () => {
    const { recording, server } = connect();
    server.behaviour = { losesData: true };
    logFrame(recording, 1);
    await expect(recording.flush()).rejects.toMatchObject({ code: "CONNECTION" });
    expect(server.calls).toHaveLength(6);
    expect(recording.state).toBe("broken");
  });

  it.each([
    [{ status: 3 }, "SERVER", /not like this \(gRPC status 3\)/],
    [{ status: 3, isHidden: true }, "SERVER", /it did not say why/],
    [{ status: 16 }, "AUTH", /gRPC status 16/],
    [{ httpStatus: 403 }, "AUTH", /HTTP status 403/],
    [{ httpStatus: 404 }, "SERVER", /HTTP status 404/],
  ] as const)("is broken by %o", async (behaviour, code, message) => {
    const { recording, server, errors } = connect();
    server.behaviour = behaviour;
    logFrame(recording, 1);
    await expect(recording.flush()).rejects.toMatchObject({ code });
    expect(errors[0]?.message).toMatch(message);
    expect(errors[0]?.message).toContain("rerun+http://127.0.0.1:9876/proxy");
  });

  it.each([{ httpStatus: 503 }, { status: 14 }])("tries again after %o", async (behaviour) => {
    const { recording, server } = connect();
    server.behaviour = behaviour;
    logFrame(recording, 1);
    await recording.flush({ timeoutMs: 50 });
    server.behaviour = {};
    expect(await recording.flush()).toMatchObject({ complete: true });
  });

  it("waits no longer than it may for a server that never answers", async () => {
    const { recording, server } = connect();
    server.behaviour = { neverAnswers: true };
    logFrame(recording, 1);
    expect(await recording.flush({ timeoutMs: 50 })).toMatchObject({ complete: false });
    expect(await recording.close({ timeoutMs: 50 })).toMatchObject({ complete: false });
    await expect.poll(() => recording.stats().sinks[0]).toMatchObject({ state: "closed", droppedRows: 2 });
  });

  it("sends at most 8 MiB at once, unless a message is larger", async () => {
    const { recording, server } = connect();
    for (let frame = 0; frame < 4; frame++) logFrame(recording, frame, 500_000);
    await recording.flush();
    expect(framesIn(server)).toHaveLength(4);
    for (const bytes of server.calls) expect(bytes).toBeLessThan(12.1e6);
    expect(server.calls.length).toBeGreaterThan(1);
  });

  it("keeps within its queue, and counts what goes", async () => {
    const { recording, server } = connect({ maxQueueBytes: 100_000 });
    server.behaviour = { isAbsent: true };
    for (let frame = 0; frame < 50; frame++) {
      logFrame(recording, frame, 1000);
      await recording.flush({ timeoutMs: 0 });
    }
    const [stats] = recording.stats().sinks;
    expect(stats?.queuedBytes).toBeLessThanOrEqual(100_000);
    expect(stats?.droppedRows).toBeGreaterThan(20);
  });

  it("is broken by a full queue, if that is wanted", async () => {
    const { recording } = connect({ maxQueueBytes: 10_000, onFull: "error" });
    logFrame(recording, 1, 5000);
    await expect(recording.flush()).rejects.toMatchObject({ code: "QUEUE_FULL" });
  });

  it("sends headers, which may be asked for anew", async () => {
    let asked = 0;
    const { recording, server } = connect({ headers: async () => ({ authorization: `Bearer ${++asked}` }) });
    logFrame(recording, 1);
    await recording.flush();
    expect(server.headers.map((headers) => headers.get("authorization"))).toEqual(["Bearer 1", "Bearer 2"]);
    expect(server.headers[0]?.get("content-type")).toBe("application/grpc-web+proto");
  });

  it("refuses wrong options", () => {
    expect(() => new GrpcWebSink("http://localhost")).toThrow(/`url` must be the address of a proxy/);
    expect(() => new GrpcWebSink({ onFull: "explode" as never })).toThrow(/`onFull` must be one of block, /);
    expect(() => new GrpcWebSink({ maxQueueBytes: -1 })).toThrow(/`maxQueueBytes`/);
  });

  it.each([
    ["http://localhost:5173", "rerun+http://localhost:9876/proxy", "; is it running?"],
    ["https://app.example.com", "rerun+http://192.168.1.2:9876/proxy", "encrypted"],
    ["https://app.example.com", "rerun+http://127.0.0.1:9876/proxy", "--cors-allow-origin https://app.example.com"],
    ["http://intranet", "rerun+http://192.168.1.2:9876/proxy", "--cors-allow-origin http://intranet"],
  ])("says to a page at %s that cannot reach %s what to do", (page, url, advice) => {
    expect(whatToDo(parseProxyUrl(url), new URL(page))).toContain(advice);
  });
});
