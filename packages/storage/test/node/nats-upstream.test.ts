import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fsStore } from "@rerun-ts/storage";
import { startIngest } from "@rerun-ts/storage/ingest";
import { MemorySink, RecordingStream } from "@rerun-ts/core";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { Points3D } from "@rerun-ts/node";
import { NatsServer } from "@rerun-ts/test-support/node/nats-server";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { needNats } from "@rerun-ts/test-support/setup/need-nats";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import type { NatsSequence } from "../../src/edge/nats-sequence.ts";
import { NatsUpstream, type NatsUpstreamSettings } from "../../src/edge/nats-upstream.ts";
import { parseNatsUrl } from "../../src/nats/nats-address.ts";

const folder = makeTemporaryFolder();
afterAll(() => folder.remove());

function upstreamTo(server: NatsServer, settings: Partial<NatsUpstreamSettings>): NatsUpstream {
  const upstream = new NatsUpstream({
    address: parseNatsUrl(server.url),
    dataset: "fleet",
    connect: {},
    ack: "committed",
    maxBytes: 1_000_000,
    resendMs: 90_000,
    onWarning: () => {},
    ...settings,
  });
  onTestFinished(() => void upstream.close(0));
  return upstream;
}

describe("an edge without clients", () => {
  it("tells that NATS is away, until it is back", async ({ skip }) => {
    const server = await NatsServer.start(await needNats({ skip }), join(folder.path, randomUUID()));
    onTestFinished(() => server.kill());
    const store = fsStore(join(folder.path, randomUUID()));
    const ingest = startIngest({ from: server.url, to: store, dataset: "fleet" });
    onTestFinished(() => ingest.abort());
    const upstream = upstreamTo(server, { limitMs: 500 });
    while ((await upstream.check().then(() => upstream.due().failing)) > 0) await setTimeout(20);
    const openClient = (): NatsSequence =>
      upstream.open({ session: randomBytes(16), first: 0, onProgress: () => {} }) as NatsSequence;
    const client = openClient();
    client.finish();
    await client.ended;
    await server.kill();
    while (upstream.due().problem === undefined) await setTimeout(20);
    // A client that comes and goes does not say that NATS is back.
    const other = openClient();
    other.abort();
    await other.ended;
    expect(upstream.due().problem).toContain(server.url);
    await server.restart();
    while (upstream.due().problem !== undefined) await setTimeout(20);
  });
});

describe("the records of the clients of an edge", () => {
  it("are committed once all together are much, so that there is room for others", async ({ skip }) => {
    const server = await NatsServer.start(await needNats({ skip }), join(folder.path, randomUUID()));
    onTestFinished(() => server.kill());
    const store = fsStore(join(folder.path, randomUUID()));
    const ingest = startIngest({ from: server.url, to: store, dataset: "fleet", maxSeconds: 3600 });
    onTestFinished(() => ingest.abort());
    const memory = new MemorySink();
    const recording = new RecordingStream("page", { batcher: { flushNumRows: 1 } });
    await recording.setSink(memory);
    for (let row = 0; row < 4; row++)
      recording.log("rows", new Points3D(Float32Array.from({ length: 30_000 }, Math.random)));
    await recording.close();
    const messages = readEncodedMessages(memory.toBytes());
    const upstream = upstreamTo(server, { maxBytes: 1_000_000 });
    // None of the clients has much, and none waits for a commit.
    let onProgress = (): void => {};
    const clients = Array.from({ length: 5 }, (_, index) => {
      const session = new Uint8Array(16).fill(index);
      const client = upstream.open({ session, first: 0, onProgress: () => onProgress() });
      for (const message of messages) client.send(message);
      return client;
    });
    expect(clients.every(({ isFull }) => isFull)).toBe(true);
    await new Promise<void>((resolve) => {
      onProgress = () => clients.some(({ isFull }) => isFull) || resolve();
    });
    expect(upstream.bytes).toBeLessThan(1_000_000);
  });
});
