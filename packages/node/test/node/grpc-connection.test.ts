import { getEventListeners } from "node:events";
import { createServer, constants } from "node:http2";
import type { AddressInfo } from "node:net";
import { parseProxyUrl } from "@rerun-ts/core";
import { GrpcSink, RecordingStream, Scalars, type RerunError } from "@rerun-ts/node";
import { noise } from "@rerun-ts/test-support/common/seeded-random";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { GrpcServer, type ServerBehaviour } from "@rerun-ts/test-support/node/grpc-server";
import { createGrpcClient } from "../../dist/transport/grpc/grpc-client.js";

async function start(behaviour?: ServerBehaviour, port?: number): Promise<GrpcServer> {
  const server = await GrpcServer.start(behaviour, port);
  onTestFinished(() => server.stop().catch(() => {}));
  return server;
}

async function connect(url: string, thread: boolean): Promise<RecordingStream> {
  const recording = new RecordingStream("connection", { onError: () => {}, onWarning: () => {} });
  onTestFinished(async () => {
    await recording.close({ timeoutMs: 100 }).catch(() => {});
  });
  await recording.connectGrpc(url, { thread, waitForConnection: true });
  return recording;
}

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe.each([true, false])("a server that is not reachable (thread: %s)", (thread) => {
  it.each([
    ["connectGrpc", "rerun+http://127.0.0.1:PORT/proxy", "start a viewer there, e.g. `rerun --port PORT`"],
    ["connectWebSocket", "ws://127.0.0.1:PORT/ws", "start a relay there, e.g. `npx rerun-ts serve --port PORT`"],
  ] as const)("is named by %s in one warning, with the reason and what to start", async (connectWith, url, hint) => {
    const withPort = (text: string, port: number): string => text.replaceAll("PORT", String(port));
    const port = await freePort();
    const warnings: RerunError[] = [];
    const recording = new RecordingStream("nobody", {
      onError: () => {},
      onWarning: (warning) => warnings.push(warning),
    });
    const errors: unknown[] = [];
    recording.addEventListener("statechange", ({ error }) => void (error !== undefined && errors.push(error)));
    await recording[connectWith](withPort(url, port), { thread });
    await until(() => warnings.length > 0);
    const message = `cannot connect to ${withPort(url, port)}: connect ECONNREFUSED`;
    expect(warnings).toMatchObject([{ code: "CONNECTION", message: expect.stringContaining(message) as unknown }]);
    expect(warnings[0]?.message).toContain(withPort(hint, port));
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining("ECONNREFUSED") })]);
    await recording.close({ timeoutMs: 10 });
  });
});

it("GrpcSink leaves a server that answers pings and no call, and delivers to the next one", async () => {
  // Time passes faster, but not for what the server sends.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await start({ neverReads: true });
  const recording = await connect(server.url, false);
  const states: unknown[] = [];
  recording.addEventListener("statechange", ({ error }) => void (error !== undefined && states.push(error.message)));
  recording.log("a", new Scalars(1));
  await until(() => server.calls === 1);
  // The next call is answered.
  server.behave({});
  for (let second = 0; second < 150 && server.connections === 1; second++) {
    vi.advanceTimersByTime(1000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(states).toEqual([expect.stringMatching(/answers pings, and has left a call without progress for 6\d s/)]);
  expect(server.connections).toBe(2);
  expect(await recording.flush({ ack: true })).toMatchObject({ complete: true, droppedRows: 0 });
  expect(readChunks(server.toRrd()).map(({ entityPath }) => entityPath)).toEqual(["/a"]);
});

describe.each([true, false])("the HTTP/2 connection of GrpcSink (thread: %s)", (thread) => {
  it("is replaced after GOAWAY during a call, and the next server is sent the retained state first", async () => {
    const first = await start();
    const recording = await connect(first.url, thread);
    recording.log("fixed", new Scalars(5), { static: true });
    await until(() => first.calls === 1);
    const { port } = first;
    await first.retire();
    const second = await start({}, port);
    recording.log("a", new Scalars(1));
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    expect(second.received[0]?.kind).toBe("storeInfo");
    expect(readChunks(second.toRrd()).map(({ entityPath }) => entityPath)).toEqual(["/fixed", "/a"]);
  });

  it("is replaced when calls end without a response", async () => {
    const server = await start({ hangsUp: true });
    const recording = await connect(server.url, thread);
    recording.log("a", new Scalars(1));
    await until(() => server.calls >= 2);
    server.behave({});
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    expect(readChunks(server.toRrd()).map(({ entityPath }) => entityPath)).toEqual(["/a"]);
  });

  it("is replaced when a call ends without a response while its data is being written", async () => {
    const server = await start();
    const recording = await connect(server.url, thread);
    recording.log("small", new Scalars(1));
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    server.behave({ hangsUp: true });
    const { calls } = server;
    // More than fits into the window of the connection.
    recording.log("large", new Scalars(noise(250_000)));
    void recording.flush();
    await until(() => server.calls >= calls + 2);
    server.behave({});
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    expect(readChunks(server.toRrd()).map(({ entityPath }) => entityPath)).toEqual(["/small", "/large"]);
  });
});

describe.each([true, false])("recordings one after the other (thread: %s)", (thread) => {
  const logOne = async (server: GrpcServer, path: string): Promise<void> => {
    const recording = await connect(server.url, thread);
    recording.log(path, new Scalars(1));
    await recording.close();
  };

  it("share one connection, with the state of each recording", async () => {
    const server = await start();
    for (const path of ["a", "b", "c"]) await logOne(server, path);
    expect(server.connections).toBe(1);
    expect(server.received.map(({ kind }) => kind).filter((kind) => kind === "storeInfo")).toHaveLength(3);
    expect(readChunks(server.toRrd()).map(({ entityPath }) => entityPath)).toEqual(["/a", "/b", "/c"]);
  });

  it("never share a connection that is lost, or that another recording uses", async () => {
    const server = await start();
    await logOne(server, "a");
    const { port } = server;
    await server.stop();
    const next = await start({}, port);
    await logOne(next, "b");
    const other = await connect(next.url, thread);
    await logOne(next, "c");
    other.log("d", new Scalars(1));
    expect(await other.flush({ ack: true })).toMatchObject({ complete: true });
    expect(next.connections).toBe(2);
    expect(readChunks(next.toRrd()).map(({ entityPath }) => entityPath)).toEqual(["/b", "/c", "/d"]);
  });
});

it("GrpcSink rejects options that a worker cannot receive with `thread: true`, and accepts them otherwise", () => {
  const headers = (): Record<string, string> => ({});
  const tls = { checkServerIdentity: () => undefined };
  expect(() => new GrpcSink(undefined, { headers, thread: true })).toThrow(
    /`headers` must not be a function if `thread` is true/,
  );
  expect(() => new GrpcSink(undefined, { tls, thread: true })).toThrow(
    /`tls` must only contain data if `thread` is true/,
  );
  for (const thread of ["auto", false] as const) {
    expect(() => new GrpcSink(undefined, { headers, thread })).not.toThrow();
    expect(() => new GrpcSink(undefined, { tls, thread })).not.toThrow();
  }
});

it("GrpcSink uses a worker where `structuredClone` is missing", () => {
  vi.stubGlobal("structuredClone", undefined);
  onTestFinished(() => void vi.unstubAllGlobals());
  const headers = { authorization: "Bearer a" };
  expect(() => new GrpcSink(undefined, { headers, thread: true })).not.toThrow();
  expect(() => new GrpcSink(undefined, { tls: { ca: "a certificate" }, thread: true })).not.toThrow();
  const tls = { checkServerIdentity: () => undefined };
  expect(() => new GrpcSink(undefined, { tls, thread: true })).toThrow(/`tls` must only contain data/);
});

it("a call that the server rejects leaves nothing on the signal of its connection", async () => {
  const server = createServer();
  server.on("stream", (stream) => {
    const type = { "content-type": "application/grpc", "grpc-status": "14", "grpc-message": "busy" };
    stream.respond({ [constants.HTTP2_HEADER_STATUS]: 200, ...type }, { endStream: true });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = parseProxyUrl(`rerun+http://127.0.0.1:${(server.address() as AddressInfo).port}/proxy`);
  const client = await createGrpcClient({ url });
  onTestFinished(() => client.abort());
  await client.connect();
  const stop = new AbortController();
  async function* body(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(0);
  }
  for (let call = 0; call < 20; call++)
    await expect(client.write(body(), stop.signal)).rejects.toThrow("rejected the data");
  expect(getEventListeners(stop.signal, "abort")).toEqual([]);
});
