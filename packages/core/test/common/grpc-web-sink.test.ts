import {
  GrpcWebSink,
  RecordingStream,
  type GrpcWebSinkOptions,
  type AsComponents,
  type LogOptions,
  type RerunError,
} from "@rerun-ts/core";
import { Scalars, VideoStream } from "@rerun-ts/types";
import { noise } from "@rerun-ts/test-support/common/seeded-random";
import { afterEach, describe, expect, it } from "vitest";
import { FetchServer } from "@rerun-ts/test-support/common/fetch-server";
import { readFrames, type Received } from "@rerun-ts/test-support/common/received-messages";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { describeSinkContract } from "@rerun-ts/test-support/common/sink-contract";

describeSinkContract(
  "GrpcWebSink",
  () => {
    const server = new FetchServer();
    const sink = new GrpcWebSink(undefined, { fetch: server.fetch });
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

describe("GrpcWebSink", () => {
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
    void recording.setSink(new GrpcWebSink(undefined, { fetch: server.fetch, ...options }));
    return { recording, server, errors };
  }

  const framesIn = (server: FetchServer): bigint[] =>
    readChunks(server.toRrd()).flatMap(({ times }) => times.frame ?? []);

  function logFrame(recording: RecordingStream, frame: number, count = 1): void {
    recording.setTime("frame", frame);
    recording.log("a", new Scalars(noise(count, frame)));
  }

  it("says what `close` has dropped because no server was reachable, and why", async () => {
    const { recording, server } = connect();
    const warnings: string[] = [];
    recording.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
    server.behaviour = { isAbsent: true };
    logFrame(recording, 1);
    await expect.poll(() => recording.stats().sinks[0]?.lastError).toBeDefined();
    const result = await recording.close({ timeoutMs: 150 });
    expect(result).toMatchObject({ complete: false, pendingBytes: 0, droppedRows: 2 });
    expect(warnings.at(-1)).toMatch(/^timed out sending to .*; dropped 2 rows \(\d+ bytes\): cannot connect to /);
    expect(warnings.filter((message) => message.includes("dropped"))).toHaveLength(1);
  });

  it.each([
    ["close", true],
    ["close", false],
    ["disconnect", true],
    ["disconnect", false],
  ] as const)("is not flushed completely if `%s` drops rows meanwhile, with `ack: %s`", async (call, ack) => {
    const { recording, server } = connect();
    server.behaviour = { isAbsent: true };
    logFrame(recording, 1);
    const flushing = recording.flush({ timeoutMs: 5000, ack });
    expect(await recording[call]({ timeoutMs: 100 })).toMatchObject({ complete: false, droppedRows: 2 });
    expect(await flushing).toMatchObject({ complete: false, droppedRows: 2 });
  });

  it("sends rows that are logged within a few milliseconds as one chunk", async () => {
    const { recording, server } = connect();
    for (let frame = 0; frame < 3; frame++) {
      logFrame(recording, frame);
      await new Promise((resolve) => setTimeout(resolve, 9));
    }
    await recording.flush();
    expect(readChunks(server.toRrd()).filter(({ times }) => times.frame)).toHaveLength(1);
  });

  it.each(["flush", "close"] as const)(
    "waits for the whole time of `%s` for a server that returns after more than 5 seconds",
    { timeout: 15_000 },
    async (call) => {
      const { recording, server } = connect();
      server.behaviour = { isAbsent: true };
      logFrame(recording, 1);
      setTimeout(() => (server.behaviour = {}), 5500);
      expect(await recording[call]({ timeoutMs: 10_000 })).toMatchObject({ complete: true, droppedRows: 0 });
      expect(framesIn(server)).toEqual([1n]);
    },
  );

  it("delivers data that was logged while the server was unreachable", async () => {
    const { recording, server } = connect();
    server.behaviour = { isAbsent: true };
    logFrame(recording, 1);
    expect(await recording.flush({ timeoutMs: 150 })).toMatchObject({ complete: false });
    server.behaviour = {};
    expect(await recording.flush()).toMatchObject({ complete: true });
    expect(framesIn(server)).toEqual([1n]);
    expect(server.received[0]?.kind).toBe("storeInfo");
  });

  it("does not follow redirects, and says so", async () => {
    const { recording, errors } = connect({
      fetch: async (_url, init) => {
        // Cloudflare Workers reject "error".
        expect(init?.redirect).toBe("manual");
        return new Response(null, { status: 302, headers: { location: "https://login.example" } });
      },
    });
    const states: (string | undefined)[] = [];
    recording.addEventListener("statechange", ({ error }) => states.push(error?.message));
    logFrame(recording, 1);
    expect(await recording.flush({ timeoutMs: 100 })).toMatchObject({ complete: false });
    expect([...states, ...errors.map(({ message }) => message)]).toContainEqual(
      expect.stringMatching(/^cannot connect to \S+: it redirects to another address$/),
    );
  });

  it("sends bytes where `fetch` does not accept blobs, as in jsdom and React Native", async () => {
    const stream = Object.getOwnPropertyDescriptor(Blob.prototype, "stream") as PropertyDescriptor;
    Reflect.deleteProperty(Blob.prototype, "stream");
    try {
      const bodies: unknown[] = [];
      const server = new FetchServer();
      const { recording } = connect({
        fetch: (url, init) => {
          bodies.push(init?.body);
          return server.fetch(url, init);
        },
      });
      logFrame(recording, 1);
      expect(await recording.flush()).toMatchObject({ complete: true });
      expect(bodies.every((body) => body instanceof Uint8Array)).toBe(true);
      expect(framesIn(server)).toEqual([1n]);
    } finally {
      Object.defineProperty(Blob.prototype, "stream", stream);
    }
  });

  it("reads only the beginning of a page that never ends, and delivers when the server is back", async () => {
    const server = new FetchServer();
    let isCancelled = false;
    let pieces = 0;
    let calls = 0;
    const endless = (): ReadableStream<Uint8Array> =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          if (pieces++ === 1000) controller.error(new Error("there was more than anybody should read"));
          else controller.enqueue(new Uint8Array(16 * 1024));
        },
        cancel: () => void (isCancelled = true),
      });
    const { recording } = connect({
      fetch: async (url, init) => {
        if (calls++ > 0) return server.fetch(url, init);
        return new Response(endless(), { headers: { "content-type": "text/html" } });
      },
    });
    logFrame(recording, 1);
    expect(await recording.flush()).toMatchObject({ complete: true });
    expect(isCancelled).toBe(true);
    expect(recording.stats().sinks[0]?.lastError?.code).toBe("CONNECTION");
    expect(framesIn(server)).toEqual([1n]);
  });

  it("warns once why it cannot connect, and keeps retrying", async () => {
    const server = new FetchServer();
    server.behaviour = { isAbsent: true };
    const warnings: string[] = [];
    const recording = new RecordingStream("web", { onWarning: ({ message }) => warnings.push(message) });
    stops.push(() => recording.close({ timeoutMs: 0 }).catch(() => {}));
    void recording.setSink(new GrpcWebSink(undefined, { fetch: server.fetch }));
    logFrame(recording, 1);
    await recording.flush({ timeoutMs: 300 });
    expect(warnings).toEqual([expect.stringMatching(/^cannot connect to rerun\+http:.*: Failed to fetch/)]);
    server.behaviour = {};
    expect(await recording.flush()).toMatchObject({ complete: true });
  });

  it("sends the retained state and unacknowledged data again after a lost connection", async () => {
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

  it("keeps trying when calls are lost again and again although the server is reachable", async () => {
    const { recording, server } = connect();
    server.behaviour = { losesData: true };
    logFrame(recording, 1);
    await expect.poll(() => server.calls.length, { timeout: 20_000 }).toBeGreaterThan(8);
    expect(recording.state).toBe("connecting");
    server.behaviour = {};
    await expect(recording.flush()).resolves.toMatchObject({ complete: true, droppedRows: 0 });
  });

  it.each([408, 425, 429, 502])("tries again after HTTP status %d", async (httpStatus) => {
    const { recording, server } = connect();
    server.behaviour = { httpStatus };
    logFrame(recording, 1);
    await expect.poll(() => server.headers.length, { timeout: 20_000 }).toBeGreaterThan(3);
    server.behaviour = {};
    await expect(recording.flush()).resolves.toMatchObject({ complete: true, droppedRows: 0 });
  });

  it("sends smaller calls to a server that rejects large ones, and drops a single message that is too large", async () => {
    const { recording, server } = connect();
    server.behaviour = { isAbsent: true };
    for (let frame = 0; frame < 30; frame++) {
      recording.setTime("frame", frame);
      recording.log(["wave", frame], new Scalars(noise(2000, frame)));
    }
    server.behaviour = { maxCallBytes: 40_000 };
    await expect(recording.flush()).resolves.toMatchObject({ complete: true, droppedRows: 0 });
    expect(Math.max(...server.calls)).toBeGreaterThan(40_000);
    const warnings: string[] = [];
    recording.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
    recording.log("wave", new Scalars(noise(20_000)));
    recording.log("after", new Scalars(1));
    expect(await recording.flush({ ack: true, timeoutMs: 20_000 })).toMatchObject({ complete: false, droppedRows: 1 });
    expect(warnings.at(-1)).toMatch(
      /^dropped 1 rows of `\/wave` \(\d+ bytes\), which the server rejects .* status 413$/,
    );
    expect(readChunks(server.toRrd()).map(({ entityPath }) => entityPath)).toContain("/after");
    expect(recording.state).toBe("open");
  });

  it("drops only the message that the server rejects while it accepts others, and names it", async () => {
    const { recording, server } = connect();
    const warnings: string[] = [];
    const drops: unknown[] = [];
    recording.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
    recording.addEventListener("drop", ({ rows, reason }) => drops.push({ rows, reason }));
    server.behaviour = { isAbsent: true };
    for (let frame = 0; frame < 20; frame++) {
      recording.setTime("frame", frame);
      recording.log(frame === 7 ? "refused" : ["row", frame], new Scalars(frame));
    }
    server.behaviour = { refusedEntity: "/refused" };
    const { complete, droppedRows } = await recording.flush({ ack: true, timeoutMs: 20_000 });
    expect({ complete, droppedRows, drops }).toEqual({
      complete: false,
      droppedRows: 1,
      drops: [{ rows: 1, reason: "rejected" }],
    });
    expect(
      framesIn(server)
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 20 }, (_, frame) => frame).filter((frame) => frame !== 7));
    expect(warnings.filter((text) => text.includes("`/refused`"))).toHaveLength(1);
    expect(await recording.close()).toMatchObject({ complete: false });
  });

  it.each([{ status: 3 }, { status: 8 }, { httpStatus: 400 }, { httpStatus: 413 }])(
    "keeps all data while a server rejects everything with %o, and delivers it afterwards",
    async (behaviour) => {
      const { recording, server } = connect();
      server.behaviour = behaviour;
      logFrame(recording, 1);
      // Longer than it takes to prove that one message is at fault.
      expect(await recording.flush({ timeoutMs: 4500 })).toMatchObject({ complete: false, droppedRows: 0 });
      server.behaviour = {};
      expect(await recording.flush()).toMatchObject({ complete: true, droppedRows: 0 });
      expect(framesIn(server)).toEqual([1n]);
    },
  );

  it("calls a `headers` function again that fails for a while", async () => {
    let calls = 0;
    const { recording } = connect({
      async headers() {
        if (calls++ < 5) throw new TypeError("Failed to fetch");
        return { authorization: "Bearer 1" };
      },
    });
    logFrame(recording, 1);
    await expect(recording.flush()).resolves.toMatchObject({ complete: true, droppedRows: 0 });
    expect(calls).toBeGreaterThan(5);
  });

  it.each([
    [{ status: 16 }, "AUTH", /not like this \(gRPC status 16\)/],
    [{ status: 12 }, "UNSUPPORTED", /gRPC status 12/],
    [{ status: 3 }, "SERVER", /gRPC status 3/],
    [{ status: 3, isHidden: true }, "SERVER", /it gave no reason/],
    [{ httpStatus: 403 }, "AUTH", /HTTP status 403/],
    [{ httpStatus: 404 }, "UNSUPPORTED", /HTTP status 404/],
  ] as const)(
    "keeps asking a server that responds with %o, says so once, and delivers all",
    async (behaviour, code, text) => {
      const { recording, server, errors } = connect();
      const warnings: RerunError[] = [];
      recording.addEventListener("warning", ({ warning }) => warnings.push(warning));
      server.behaviour = behaviour;
      logFrame(recording, 1);
      expect(await recording.flush({ ack: true, timeoutMs: 1000 })).toMatchObject({ complete: false, droppedRows: 0 });
      expect(server.headers.length).toBeGreaterThan(3);
      expect(recording.state).toBe("connecting");
      expect(warnings.map((warning) => warning.code)).toEqual([code]);
      expect(warnings[0]?.message).toMatch(text);
      expect(warnings[0]?.message).toMatch(/^rerun\+http:\/\/127\.0\.0\.1:9876\/proxy .* until the server accepts it$/);
      server.behaviour = {};
      expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
      expect(framesIn(server)).toEqual([1n]);
      expect(errors).toEqual([]);
    },
  );

  it("sends with new headers as soon as another sink for the same server has them", async () => {
    const { recording, server } = connect({ headers: { authorization: "old" } });
    server.behaviour = { status: 16 };
    logFrame(recording, 1);
    await expect.poll(() => recording.stats().sinks[0]?.lastError?.code).toBe("AUTH");
    server.behaviour = {};
    void recording.setSink(new GrpcWebSink(undefined, { fetch: server.fetch, headers: { authorization: "new" } }));
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
    expect(server.headers.at(-1)?.get("authorization")).toBe("new");
  });

  it("counts a single row as one row when it says what was dropped", async () => {
    const { recording, server } = connect();
    const warnings: string[] = [];
    recording.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
    server.behaviour = { isAbsent: true };
    await expect.poll(() => recording.stats().sinks[0]?.lastError).toBeDefined();
    await recording.close({ timeoutMs: 50 });
    expect(warnings.at(-1)).toMatch(/; dropped 1 row \(\d+ bytes\): cannot connect to /);
  });

  describe("with a response that is not the usual one", () => {
    const OK = "grpc-status:0\r\n";
    const LONG = "x".repeat(200_000);

    /** The frame of trailers. */
    function frameOf(text: string, { flag = 0x80, extra = 0 } = {}): Uint8Array {
      const bytes = new TextEncoder().encode(text);
      const frame = new Uint8Array(5 + bytes.length);
      frame[0] = flag;
      new DataView(frame.buffer).setUint32(1, bytes.length + extra);
      frame.set(bytes, 5);
      return frame;
    }

    function respond(parts: readonly Uint8Array[], headers: Record<string, string> = {}): Response {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const part of parts) controller.enqueue(part);
          controller.close();
        },
      });
      return new Response(body, { headers: { "content-type": "application/grpc-web+proto", ...headers } });
    }

    /** Calls with data get this response until `recover` is called. */
    function connectTo(response: () => Response): {
      recording: RecordingStream;
      server: FetchServer;
      recover: () => void;
      warnings: string[];
    } {
      let isOdd = true;
      const real = new FetchServer();
      const { recording } = connect({
        async fetch(url, init) {
          const body = new Uint8Array(await new Response(init?.body).arrayBuffer());
          return isOdd && body.length > 0 ? response() : real.fetch(url, { ...init, body });
        },
      });
      const warnings: string[] = [];
      recording.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
      return { recording, server: real, recover: () => (isOdd = false), warnings };
    }

    it.each([
      ["its status is only in the headers", "SERVER", [], { "grpc-status": "0" }],
      ["the trailers lack a status", "CONNECTION", [frameOf("x:1\r\n")], {}],
      ["the status is empty", "CONNECTION", [frameOf("grpc-status:\r\n")], {}],
      ["the status is not a number", "CONNECTION", [frameOf("grpc-status:ok\r\n")], {}],
      ["the status is written as another number", "CONNECTION", [frameOf("grpc-status:0x0\r\n")], {}],
      ["the status has two values", "CONNECTION", [frameOf(`${OK}grpc-status:14\r\n`)], {}],
      ["the headers have another status", "CONNECTION", [frameOf(OK)], { "grpc-status": "14" }],
      ["the trailers are compressed", "CONNECTION", [frameOf(OK, { flag: 0x81 })], {}],
      ["the trailers are cut off", "CONNECTION", [frameOf(OK, { extra: 1 })], {}],
      ["the message is long", "CONNECTION", [frameOf(`grpc-message:${LONG}\r\ngrpc-status:14\r\n`)], {}],
      ["the message is not encoded", "SERVER", [frameOf("grpc-status:3\r\ngrpc-message:日本\r\n")], {}],
    ] as const)("claims nothing if %s, and delivers all afterwards", async (_, code, parts, headers) => {
      const { recording, server, recover } = connectTo(() => respond(parts, headers));
      logFrame(recording, 1);
      expect(await recording.flush({ ack: true, timeoutMs: 300 })).toMatchObject({ complete: false, droppedRows: 0 });
      expect(recording.stats().sinks[0]?.lastError?.code).toBe(code);
      expect(recording.stats().sinks[0]?.lastError?.message.length).toBeLessThan(500);
      recover();
      expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
      expect(framesIn(server)).toEqual([1n]);
    });

    it("shows the text of a refusal, encoded or not", async () => {
      for (const text of ["%E6%97%A5%E6%9C%AC", "日本"]) {
        const { recording, warnings } = connectTo(() =>
          respond([frameOf(`grpc-status:16\r\ngrpc-message:${text}\r\n`)]),
        );
        logFrame(recording, 1);
        await expect.poll(() => warnings).toEqual([expect.stringContaining("日本 (gRPC status 16)")]);
      }
    });

    it("accepts trailers in any number of parts, and upper case", async () => {
      const all = frameOf("Grpc-Status: 0\r\n");
      const bytes = [new Uint8Array(5), ...Array.from(all, (byte) => new Uint8Array([byte]))];
      const { recording } = connectTo(() => respond(bytes));
      logFrame(recording, 1);
      expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
    });
  });

  it.each([{ httpStatus: 404 }, { httpStatus: 503 }, { status: 14 }])("retries after %o", async (behaviour) => {
    const { recording, server } = connect();
    server.behaviour = behaviour;
    logFrame(recording, 1);
    await recording.flush({ timeoutMs: 50 });
    server.behaviour = {};
    expect(await recording.flush()).toMatchObject({ complete: true });
  });

  it("respects the timeouts of flush and close if the server never responds", async () => {
    const { recording, server } = connect();
    server.behaviour = { neverAnswers: true };
    logFrame(recording, 1);
    expect(await recording.flush({ timeoutMs: 50 })).toMatchObject({ complete: false });
    expect(await recording.close({ timeoutMs: 50 })).toMatchObject({ complete: false });
    await expect.poll(() => recording.stats().sinks[0]).toMatchObject({ state: "closed", droppedRows: 2 });
  });

  it("sends at most about 8 MiB in one request", async () => {
    const { recording, server } = connect();
    for (let frame = 0; frame < 4; frame++) logFrame(recording, frame, 500_000);
    await recording.flush();
    expect(framesIn(server)).toHaveLength(4);
    for (const bytes of server.calls) expect(bytes).toBeLessThan(12.1e6);
    expect(server.calls.length).toBeGreaterThan(1);
  });

  describe("with more pending than a call takes", () => {
    /** The messages of the calls in flight, whenever one begins. */
    async function logLarge(data: (frame: number) => AsComponents, options?: LogOptions): Promise<Received[][][]> {
      const begun: Promise<Received[]>[][] = [];
      const inFlight = new Set<Promise<Received[]>>();
      const server = new FetchServer();
      const { recording } = connect({
        async fetch(url, init) {
          const messages = new Response(init?.body).arrayBuffer().then((body) => readFrames(new Uint8Array(body)));
          inFlight.add(messages);
          begun.push([...inFlight]);
          // A call that does not wait for the end of this one begins before the event loop goes on.
          await new Promise((resolve) => setTimeout(resolve));
          await messages;
          inFlight.delete(messages);
          return server.fetch(url, init);
        },
      });
      for (let frame = 0; frame < 8; frame++) {
        recording.setTime("frame", frame);
        recording.log(["large", frame], data(frame), options);
      }
      expect(await recording.flush()).toMatchObject({ complete: true, droppedRows: 0 });
      return Promise.all(begun.map((calls) => Promise.all(calls)));
    }

    const scalars = (frame: number): AsComponents => new Scalars(noise(20_000, frame));

    it("makes two calls at a time, but that which opens the recording alone", async () => {
      const calls = await logLarge(scalars);
      expect(Math.max(...calls.map(({ length }) => length))).toBe(2);
      const opening = calls.filter((inFlight) => inFlight.flat().some(({ kind }) => kind === "storeInfo"));
      expect(opening.map(({ length }) => length)).toEqual([1]);
    });

    it.each<[string, (frame: number) => AsComponents, LogOptions]>([
      ["static data", scalars, { static: true }],
      ["video", (frame) => VideoStream.fromFields({ sample: new Uint8Array(noise(20_000, frame).buffer) }), {}],
    ])("sends %s one call after another", async (_, data, options) => {
      const calls = await logLarge(data, options);
      expect(calls.length).toBeGreaterThan(2);
      expect(calls.every(({ length }) => length === 1)).toBe(true);
    });

    it("makes calls larger while the server is fast, also those that are alone", async () => {
      const { recording, server } = connect();
      for (let index = 0; index < 200; index++)
        recording.log(["fixed", index], new Scalars(noise(1000, index)), { static: true });
      expect(await recording.flush()).toMatchObject({ complete: true, droppedRows: 0 });
      expect(Math.max(...server.calls)).toBeGreaterThan(200_000);
    });
  });

  it("keeps its queue within `maxQueueBytes`, and counts the rows that it drops", async () => {
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

  it('becomes broken when the queue is full with `onFull: "error"`', async () => {
    const { recording } = connect({ maxQueueBytes: 10_000, onFull: "error" });
    logFrame(recording, 1, 5000);
    await expect(recording.flush()).rejects.toMatchObject({ code: "QUEUE_FULL" });
  });

  it("rejects headers that are none", () => {
    expect(() => new GrpcWebSink(undefined, { headers: 5 as never })).toThrow("`headers` must be HTTP headers, got 5");
  });

  it("calls the `headers` function for each request, and sends the result", async () => {
    let asked = 0;
    const { recording, server } = connect({ headers: async () => ({ authorization: `Bearer ${++asked}` }) });
    logFrame(recording, 1);
    await recording.flush();
    expect(server.headers.map((headers) => headers.get("authorization"))).toEqual(["Bearer 1", "Bearer 2"]);
    expect(server.headers[0]?.get("content-type")).toBe("application/grpc-web+proto");
  });

  it("throws an error that names the option for invalid options", () => {
    expect(() => new GrpcWebSink("http://localhost")).toThrow(/`url` must be the address of a proxy/);
    expect(() => new GrpcWebSink(undefined, { onFull: "explode" as never })).toThrow(/`onFull` must be one of block, /);
    expect(() => new GrpcWebSink(undefined, { maxQueueBytes: -1 })).toThrow(/`maxQueueBytes`/);
  });
});
