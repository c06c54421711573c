import {
  RecordingStream as CoreRecordingStream,
  parseProxyUrl,
  type GrpcHeaders,
  type RerunError,
} from "@rerun-ts/core";
import { GrpcSink, MemorySink, RecordingStream, Scalars, WebSocketSink } from "@rerun-ts/node";
import { noise } from "@rerun-ts/test-support/common/seeded-random";
import { afterEach, describe, expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { describeSinkContract } from "@rerun-ts/test-support/common/sink-contract";
import { GrpcServer, type ServerBehaviour } from "@rerun-ts/test-support/node/grpc-server";

for (const thread of [true, false]) {
  describeSinkContract(
    thread ? "GrpcSink with a worker" : "GrpcSink without a worker",
    async () => {
      const server = await GrpcServer.start();
      const sink = new GrpcSink(server.url, { thread });
      return {
        sink,
        async read() {
          await sink.flush({ ack: true });
          return [server.toRrd()];
        },
        cleanUp: () => server.stop(),
      };
    },
    { isAsynchronous: true, workingState: "connecting" },
  );
}

describe("headers", () => {
  it.for([
    ["Bearer 1", /^`headers` must be an object such as .* got "Bearer 1"$/],
    [{ authorization: undefined }, "`headers.authorization` must be a string, got undefined"],
    [{ "a b": "1" }, '`headers` must have names and values that HTTP allows, got the header "a b"'],
    [{ authorization: "secret\u0000" }, /^`headers` must .* got the header "authorization"$/],
    [[["a"]], "`headers.a` must be a string, got undefined"],
  ])("%j are refused before a connection is made", ([headers, message]) => {
    const options = { headers: headers as GrpcHeaders };
    expect(() => new GrpcSink("localhost/proxy", options)).toThrow(message as string | RegExp);
    expect(() => new WebSocketSink("ws://localhost/ws", options)).toThrow(message as string | RegExp);
  });

  it("are a record, Headers or pairs", () => {
    const record = { authorization: "Bearer 1" };
    for (const headers of [record, new Headers(record), Object.entries(record) as never, () => record])
      expect(() => new GrpcSink("localhost/proxy", { headers })).not.toThrow();
  });

  it("have a token for WebSockets that is a string or a function", () => {
    expect(() => new WebSocketSink("ws://localhost/ws", { token: 5 as never })).toThrow(
      "`token` must be a string, or a function that returns one, got number",
    );
  });
});

describe("the proxy URL", () => {
  it.each([
    ["rerun+http://127.0.0.1:47399/proxy", "rerun+http://127.0.0.1:47399/proxy"],
    ["rerun+http://localhost/proxy", "rerun+http://localhost:9876/proxy"],
    ["rerun+http://localhost/proxy/", "rerun+http://localhost:9876/proxy"],
    ["rerun+http://localhost//proxy", "rerun+http://localhost:9876/proxy"],
    ["rerun+http://localhost:80/proxy", "rerun+http://localhost:9876/proxy"],
    ["rerun+http://localhost:0/proxy", "rerun+http://localhost:0/proxy"],
    ["localhost/proxy", "rerun+http://localhost:9876/proxy"],
    ["127.0.0.1:9876/proxy", "rerun+http://127.0.0.1:9876/proxy"],
    ["mylocalhost/proxy", "rerun+http://mylocalhost:80/proxy"],
    ["rerun http://localhost/proxy", "rerun+http://localhost:9876/proxy"],
    ["rerun+http://[::1]/proxy", "rerun+http://[::1]:9876/proxy"],
    ["rerun+http://127.1.2.3/proxy", "rerun+http://127.1.2.3:9876/proxy"],
    ["rerun+http://0.0.0.0:1/proxy", "rerun+http://127.0.0.1:1/proxy"],
    ["rerun+http://192.168.1.2/proxy", "rerun+http://192.168.1.2:80/proxy"],
    ["rerun+http://EXAMPLE.com/proxy", "rerun+http://example.com:80/proxy"],
    ["rerun+http://user:pw@localhost:9/proxy", "rerun+http://localhost:9/proxy"],
    ["rerun+http://localhost:9876/proxy?x=1", "rerun+http://localhost:9876/proxy"],
    ["rerun+http://localhost:9876/proxy#f", "rerun+http://localhost:9876/proxy"],
    ["rerun://api.rerun.io/proxy", "rerun://api.rerun.io:443/proxy"],
    ["rerun.io/proxy", "rerun://rerun.io:443/proxy"],
    ["rerun+https://h/proxy", "rerun://h:443/proxy"],
    ["rerun://h:443/proxy", "rerun://h:443/proxy"],
  ])("%s is resolved to %s", (url, expected) => {
    expect(parseProxyUrl(url).href).toBe(expected);
  });

  it.each([
    ["http://localhost:1/proxy", /scheme/],
    ["rerun+ws://localhost/proxy", /scheme/],
    ["RERUN+HTTP://localhost/proxy", /scheme/],
    [" rerun+http://localhost/proxy", /scheme/],
    ["foo/proxy", /scheme/],
    ["0.0.0.0/proxy", /scheme/],
    ["", /scheme/],
    ["robot:9876", /scheme is missing or wrong .*, and it must end in `\/proxy`/],
    ["robot:9876/proxy", /scheme is missing or wrong \([^)]*\)$/],
    ["127.0.0.1:9876", /: it must end in `\/proxy`; did you mean rerun\+http:\/\/127.0.0.1:9876\/proxy\?$/],
    ["rerun+http://localhost:9876", /must end in `\/proxy`/],
    ["rerun+http://localhost:9876/catalog", /must end in `\/proxy`/],
    ["rerun+http:///proxy", /must end in `\/proxy`/],
    ["rerun+http://localhost:9876/proxy/extra", /must end in `\/proxy`/],
    ["rerun+http://localhost:9876/PROXY", /must end in `\/proxy`/],
    ["rerun+http://h:99999/proxy", /port is not a valid number/],
    ["rerun+http://x y/proxy", /host is not valid/],
    [5 as never, /got 5/],
  ])("'%s' is rejected", (url, message) => {
    expect(() => parseProxyUrl(url)).toThrow(TypeError);
    expect(() => new GrpcSink(url)).toThrow(message);
  });
});

describe("a second call of connectGrpc for the same server", () => {
  const token = "authorization";

  it.for([
    ["a worker", "old", "new"],
    ["a worker to which no function can be passed", "old", () => ({ [token]: "new" })],
    ["the calling thread", () => ({ [token]: "old" }), () => ({ [token]: "new" })],
  ] as const)("renews the headers of a sink in %s, without loss", async ([, old, renewed]) => {
    const server = await GrpcServer.start();
    const recording = new RecordingStream("renewed", { sendProperties: false, onWarning: () => {} });
    const headersOf = (given: typeof renewed | typeof old): GrpcHeaders =>
      typeof given === "string" ? { [token]: given } : given;
    await recording.connectGrpc(server.url, { headers: headersOf(old), waitForConnection: true });
    recording.log("row", new Scalars(0));
    await recording.flush({ ack: true });
    for (let row = 1; row < 100; row++) recording.log("row", new Scalars(row));
    await recording.connectGrpc(server.url, {
      headers: headersOf(renewed),
      waitForConnection: true,
      timeoutMs: 10_000,
    });
    await recording.flush({ ack: true });
    for (let row = 100; row < 200; row++) recording.log("row", new Scalars(row));
    expect(await recording.close()).toMatchObject({ complete: true, droppedRows: 0 });
    expect(server.headers[0]?.[token]).toBe("old");
    // A sink that is replaced sends the rest as before, maybe last.
    expect(server.headers.map((headers) => headers[token])).toContain("new");
    expect(readChunks(server.toRrd()).reduce((sum, { rows }) => sum + rows, 0)).toBe(200);
    await server.stop();
  });
});

describe("GrpcSink", () => {
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  });

  async function start(behaviour?: ServerBehaviour, port?: number): Promise<GrpcServer> {
    const server = await GrpcServer.start(behaviour, port);
    stops.push(() => server.stop().catch(() => {}));
    return server;
  }

  function record(): { recording: RecordingStream; errors: RerunError[] } {
    const errors: RerunError[] = [];
    const recording = new RecordingStream("grpc", { onError: (error) => errors.push(error), onWarning: () => {} });
    stops.push(() => recording.close({ timeoutMs: 100 }).catch(() => {}));
    return { recording, errors };
  }

  const framesIn = (server: GrpcServer): bigint[] =>
    readChunks(server.toRrd()).flatMap(({ times }) => times.frame ?? []);

  it("delivers rows that were logged before the server started", async () => {
    const absent = await start();
    const { port } = absent;
    await absent.stop();
    const { recording } = record();
    await recording.connectGrpc(`rerun+http://127.0.0.1:${port}/proxy`);
    recording.setTime("frame", 1);
    recording.log("a", new Scalars(1));
    await new Promise((resolve) => setTimeout(resolve, 250));
    const server = await start({}, port);
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    expect(framesIn(server)).toEqual([1n]);
  });

  it("sends a restarted server the retained state, and unacknowledged rows again", async () => {
    const first = await start();
    const { recording } = record();
    await recording.connectGrpc(first.url, { waitForConnection: true });
    recording.log("fixed", new Scalars(5), { static: true });
    recording.setTime("frame", 1);
    recording.log("a", new Scalars(1));
    await recording.flush({ ack: true });
    const { port } = first;
    await first.stop();
    recording.setTime("frame", 2);
    recording.log("a", new Scalars(2));
    const second = await start({}, port);
    await recording.flush({ ack: true });
    expect(second.received[0]?.kind).toBe("storeInfo");
    expect(readChunks(second.toRrd()).map(({ entityPath }) => entityPath)).toEqual(["/fixed", "/a"]);
    expect(framesIn(second)).toEqual([2n]);
    expect(recording.stats().sinks[0]).toMatchObject({ state: "open", reconnects: 1, droppedRows: 0 });
  });

  it.each([
    [2, "CONNECTION"],
    [3, "SERVER"],
    [8, "SERVER"],
    [12, "UNSUPPORTED"],
    [13, "SERVER"],
    [16, "AUTH"],
  ] as const)(
    "keeps all data while a server rejects everything with the status %i, and delivers it afterwards",
    { timeout: 20_000 },
    async (status, code) => {
      const server = await start({ status });
      const { recording, errors } = record();
      await recording.connectGrpc(server.url);
      recording.log("a", new Scalars(1));
      const options = { ack: true, timeoutMs: 4500 };
      expect(await recording.flush(options)).toMatchObject({ complete: false, droppedRows: 0 });
      expect(server.calls).toBeGreaterThan(3);
      const message = `${server.url} rejected the data: no (gRPC status ${status})`;
      expect(recording.stats().sinks[0]?.lastError).toMatchObject({ code, message });
      server.behave({});
      expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
      expect(readChunks(server.toRrd()).map(({ entityPath }) => entityPath)).toEqual(["/a"]);
      expect(errors).toEqual([]);
    },
  );

  it.each(["disk 100% full", "%zz", "%E0%A4%A"])("goes by the status, whatever its text: %s", async (statusText) => {
    const server = await start({ status: 14, statusText });
    const { recording } = record();
    await recording.connectGrpc(server.url);
    recording.log("a", new Scalars(1));
    await expect.poll(() => server.calls).toBeGreaterThan(2);
    expect(recording.stats().sinks[0]?.lastError?.message).toContain(`${statusText} (gRPC status 14)`);
    server.behave({});
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
  });

  it("keeps all data through rejections that are followed by an absence", { timeout: 20_000 }, async () => {
    const server = await start({ status: 3 });
    const { recording, errors } = record();
    await recording.connectGrpc(server.url);
    recording.log("a", new Scalars(1));
    await expect.poll(() => server.calls).toBeGreaterThan(2);
    const { port } = server;
    await server.stop();
    expect(await recording.flush({ timeoutMs: 3500 })).toMatchObject({ complete: false, droppedRows: 0 });
    const next = await start({}, port);
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
    expect(readChunks(next.toRrd()).map(({ entityPath }) => entityPath)).toEqual(["/a"]);
    expect(errors).toEqual([]);
  });

  it("drops only the message that the server rejects while it accepts others", { timeout: 30_000 }, async () => {
    const server = await start({ refusedEntity: "/refused" });
    const { recording } = record();
    const warnings: string[] = [];
    recording.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
    for (let frame = 0; frame < 20; frame++) {
      recording.setTime("frame", frame);
      recording.log(frame === 7 ? "refused" : ["row", frame], new Scalars(frame));
    }
    await recording.connectGrpc(server.url);
    const result = await recording.flush({ ack: true, timeoutMs: 20_000 });
    expect(result).toMatchObject({ complete: false, droppedRows: 1 });
    expect(new Set(framesIn(server)).size).toBe(19);
    expect(warnings.filter((text) => text.startsWith("dropped 1 rows of `/refused` ("))).toHaveLength(1);
  });

  it.each([404, 408, 429, 500, 503])(
    "goes on when a proxy has answered with HTTP status %i for a moment",
    async (status) => {
      const server = await start({ proxyStatus: status, proxyAnswers: 5 });
      const { recording, errors } = record();
      await recording.connectGrpc(server.url);
      recording.log("a", new Scalars(1));
      expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
      expect(server.calls).toBeGreaterThan(5);
      expect(errors).toEqual([]);
      expect(readChunks(server.toRrd()).map(({ entityPath }) => entityPath)).toContain("/a");
    },
  );

  it("asks a `headers` function again until the server accepts what it returns", async () => {
    const server = await start({ status: 16, rejectsAtOnce: true });
    const { recording } = record();
    let asked = 0;
    const headers = (): Record<string, string> => {
      if (++asked === 4) server.behave({});
      return { authorization: `Bearer ${asked}` };
    };
    await recording.connectGrpc(server.url, { headers });
    recording.log("a", new Scalars(1));
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
    expect(asked).toBeGreaterThanOrEqual(4);
  });

  it("flush times out if the server never reads", async () => {
    const server = await start({ neverReads: true });
    const { recording } = record();
    await recording.connectGrpc(server.url, { waitForConnection: true });
    recording.log("a", new Scalars(1));
    expect(await recording.flush({ ack: true, timeoutMs: 100 })).toMatchObject({ complete: false });
  });

  it.each([true, false])("does not affect other sinks when its server never reads (thread: %s)", async (thread) => {
    const server = await start({ neverReads: true });
    const { recording } = record();
    const memory = new MemorySink();
    const stuck = new GrpcSink(server.url, { thread, maxQueueBytes: 100_000, blockTimeoutMs: 50 });
    await recording.setSinks([stuck, memory]);
    const rows = 200;
    for (let frame = 0; frame < rows; frame++) {
      recording.setTime("frame", frame);
      recording.log("a", new Scalars(noise(1000, frame)));
      if (frame % 20 === 0) await recording.flush({ timeoutMs: 1 });
    }
    await recording.flush({ timeoutMs: 1 });
    const kept = readChunks(memory.toBytes()).flatMap(({ times }) => times.frame ?? []);
    expect(kept).toHaveLength(rows);
    expect(recording.stats().sinks.map(({ droppedRows }) => droppedRows > 0)).toEqual([true, false]);
  });

  it("stays within the limit of its queue, and counts dropped rows", async () => {
    const { recording } = record();
    await recording.connectGrpc("rerun+http://127.0.0.1:9/proxy", { maxQueueBytes: 100_000 });
    for (let frame = 0; frame < 50; frame++) {
      recording.setTime("frame", frame);
      recording.log("a", new Scalars(noise(1000, frame)));
      await recording.flush({ timeoutMs: 0 });
    }
    const [stats] = recording.stats().sinks;
    expect(stats?.queuedBytes).toBeLessThanOrEqual(100_000);
    expect(stats?.droppedRows).toBeGreaterThan(20);
  });

  it('breaks when the queue is full with `onFull: "error"`', async () => {
    const { recording } = record();
    await recording.connectGrpc("rerun+http://127.0.0.1:9/proxy", { maxQueueBytes: 10_000, onFull: "error" });
    recording.log("a", new Scalars(noise(5000)));
    await expect(recording.flush()).rejects.toMatchObject({ code: "QUEUE_FULL" });
  });

  it("sends headers, and calls a function for them for each call", async () => {
    const server = await start();
    const { recording } = record();
    let calls = 0;
    await recording.connectGrpc(server.url, { headers: async () => ({ authorization: `Bearer ${++calls}` }) });
    for (let row = 0; row < 2; row++) {
      recording.log("a", new Scalars(row));
      await recording.flush({ ack: true });
    }
    expect(server.headers.map(({ authorization }) => authorization)).toEqual(["Bearer 1", "Bearer 2"]);
  });

  it("rejects `waitForConnection` after the timeout or signal, and keeps connecting", async () => {
    const { recording } = record();
    const options = { waitForConnection: true, timeoutMs: 50 };
    await expect(recording.connectGrpc("rerun+http://127.0.0.1:9/proxy", options)).rejects.toMatchObject({
      code: "TIMEOUT",
    });
    expect(recording.state).toBe("connecting");
    const signal = AbortSignal.abort();
    const other = { waitForConnection: true, signal };
    await expect(recording.connectGrpc("rerun+http://127.0.0.1:8/proxy", other)).rejects.toMatchObject({
      code: "ABORTED",
    });
  });

  it.for([
    ["connectGrpc", (recording: RecordingStream, options: object) => recording.connectGrpc(undefined, options)],
    [
      "GrpcSink",
      async (recording: RecordingStream, options: object) => recording.setSink(new GrpcSink(undefined, options)),
    ],
  ] as const)("points to the headers if %s is given a token", async ([, connect]) => {
    const recording = new RecordingStream("token", { onError: () => {} });
    await expect(connect(recording, { token: "secret" })).rejects.toThrow(
      '`token` is not an option of gRPC, which takes the token as `headers: { authorization: "Bearer …" }`',
    );
  });

  it("rejects options that are no object", async () => {
    const recording = new RecordingStream("options", { onError: () => {} });
    await expect(recording.connectGrpc(undefined, 5 as never)).rejects.toMatchObject({
      message: "`options` must be an object, got 5",
    });
    expect(recording.state).toBe("buffering");
  });

  it("rejects wrong options", () => {
    expect(() => new GrpcSink(undefined, { onFull: "explode" as never })).toThrow(/`onFull` must be one of block, /);
    expect(() => new GrpcSink(undefined, { maxQueueBytes: -1 })).toThrow(/`maxQueueBytes`/);
    expect(() => new GrpcSink(undefined, { maxRetainedBytes: Number.NaN })).toThrow(/`maxRetainedBytes`/);
  });

  it("is rejected twice for one destination", async () => {
    const server = await start();
    const recording = new CoreRecordingStream("grpc");
    await expect(recording.setSinks([new GrpcSink(server.url), new GrpcSink(server.url)])).rejects.toMatchObject({
      code: "DUPLICATE_SINK",
    });
  });
});
