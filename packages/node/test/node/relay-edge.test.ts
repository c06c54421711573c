import { once } from "node:events";
import type { EncodedMessage } from "@rerun-ts/core";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { RecordingStream, Scalars } from "@rerun-ts/node";
import { RelayServer } from "@rerun-ts/node/relay";
import { Http2Client, frameOf } from "@rerun-ts/test-support/node/relay-client";
import { expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { forwardTo } from "../../dist/relay/upstream-client.js";

/** A place that stores everything at once, and takes so many messages until it is emptied. */
class Store {
  readonly messages: EncodedMessage[] = [];
  room = Infinity;
  stored = 0;
  onProgress: () => void = () => {};

  get isFull(): boolean {
    return this.room <= 0;
  }

  send(message: EncodedMessage): void {
    this.messages.push(message);
    this.room--;
    this.stored++;
  }

  makeRoom(count: number): void {
    this.room = count;
    this.onProgress();
  }

  requestCommit(): void {}

  finish(): void {}
}

/** An edge with one place for all that clients log over gRPC. */
async function startEdge(): Promise<{
  readonly store: Store;
  readonly client: Http2Client;
  readonly port: number;
}> {
  const server = new RelayServer({
    port: 0,
    tls: undefined,
    bindIp: "127.0.0.1",
    allowHosts: [],
    corsAllowOrigin: [],
    writeToken: undefined,
    readToken: undefined,
    memoryLimit: 2 ** 26,
    isNewestFirst: false,
    maxReaderBytes: 2 ** 26,
  });
  const store = new Store();
  const upstream = {
    open: ({ onProgress }: { readonly onProgress: () => void }) => Object.assign(store, { onProgress }),
    drain: () => Promise.resolve(),
    close: () => Promise.resolve(0),
  };
  server.relay.forward(forwardTo(upstream, server.relay));
  const port = await server.listen();
  const client = new Http2Client(`rerun+http://127.0.0.1:${port}/proxy`);
  onTestFinished(async () => {
    client.close();
    await server.close(100);
  });
  return { store, client, port };
}

/** What a recording logs, in other recordings too: with the same chunk ids. */
function copiesOf(...recordingIds: readonly string[]): EncodedMessage[][] {
  const recording = new RecordingStream("edge", { batcher: { flushNumRows: 1 } });
  const memory = recording.memoryRecording();
  for (let row = 0; row < 50; row++) recording.log("rows", new Scalars(row));
  const bytes = memory.drainAsBytes();
  return recordingIds.map((recordingId) =>
    readEncodedMessages(bytes, { storeOf: (storeId) => ({ ...storeId, recordingId }) }),
  );
}

it("an edge stores chunks of several recordings that have the same ids, each once", async () => {
  const { store, client } = await startEdge();
  const [monday = [], copy = []] = copiesOf("monday", "copy");
  for (const messages of [monday, copy, monday]) expect(await client.write(messages)).toMatchObject({ status: 0 });
  const chunks = store.messages.filter(({ kind }) => kind === "chunk");
  const count = monday.filter(({ kind }) => kind === "chunk").length;
  for (const id of ["monday", "copy"])
    expect([id, chunks.filter(({ storeId }) => storeId.recordingId === id).length]).toEqual([id, count]);
});

it("an edge goes on with a call whenever there is room again", async () => {
  const { store, client } = await startEdge();
  const [messages = []] = copiesOf("monday");
  store.room = 1;
  const call = client.begin("WriteMessages");
  const ended = new Promise<string>((resolve) => {
    call.on("trailers", (trailers) => resolve(String(trailers["grpc-status"])));
    call.resume();
  });
  for (const message of messages) {
    // Pieces that arrive by themselves.
    await new Promise<void>((resolve) => call.write(frameOf(message), () => resolve()));
    await new Promise((resolve) => setImmediate(resolve));
  }
  call.end();
  while (store.messages.length < messages.length) {
    await expect.poll(() => store.isFull || store.messages.length === messages.length).toBe(true);
    store.makeRoom(7);
  }
  expect(await ended).toBe("0");
});

it("refuses controls, because nobody there can tell who controls", async () => {
  const { port } = await startEdge();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ["rerun-ts.controls.v1"]);
  socket.on("error", () => {});
  const [, { statusCode }] = (await once(socket, "unexpected-response")) as [unknown, { statusCode: number }];
  socket.terminate();
  const response = await fetch(`http://127.0.0.1:${port}/controls`, { headers: { authorization: "Bearer x" } });
  expect([statusCode, response.status, await response.text()]).toEqual([
    403,
    403,
    "this relay only forwards: controls need the relay of the program\n",
  ]);
});
