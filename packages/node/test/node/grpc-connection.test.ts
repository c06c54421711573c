import { GrpcSink, RecordingStream, Scalars } from "@rerun-ts/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { readChunks } from "../../../core/test/contract/read-chunks.ts";
import { GrpcServer, type ServerBehaviour } from "../harness/grpc-server.ts";

async function start(behaviour?: ServerBehaviour, port?: number): Promise<GrpcServer> {
  const server = await GrpcServer.start(behaviour, port);
  onTestFinished(() => server.stop().catch(() => {}));
  return server;
}

async function connect(url: string, worker: boolean): Promise<RecordingStream> {
  const recording = new RecordingStream("connection", { onError: () => {}, onWarning: () => {} });
  onTestFinished(async () => {
    await recording.close({ timeoutMs: 100 }).catch(() => {});
  });
  await recording.connectGrpc(url, { worker, waitForConnection: true });
  return recording;
}

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe.each([true, false])("a connection, with worker: %s,", (worker) => {
  it("that the server says goodbye to in the midst of a call leads to the next server, which hears first what it must know", async () => {
    const first = await start();
    const recording = await connect(first.url, worker);
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

  it("on which calls end without an answer is made anew", async () => {
    const server = await start({ hangsUp: true });
    const recording = await connect(server.url, worker);
    recording.log("a", new Scalars(1));
    await until(() => server.calls >= 2);
    server.behave({});
    expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
    expect(readChunks(server.toRrd()).map(({ entityPath }) => entityPath)).toEqual(["/a"]);
  });
});

it("what cannot go to a worker is refused if one is demanded, and else keeps the sending here", () => {
  const headers = (): Record<string, string> => ({});
  const tls = { checkServerIdentity: () => undefined };
  expect(() => new GrpcSink({ headers, worker: true })).toThrow(/`headers` must be no function if `worker` is true/);
  expect(() => new GrpcSink({ tls, worker: true })).toThrow(/`tls` must hold nothing but data if `worker` is true/);
  for (const worker of ["auto", false] as const) {
    expect(() => new GrpcSink({ headers, worker })).not.toThrow();
    expect(() => new GrpcSink({ tls, worker })).not.toThrow();
  }
});
