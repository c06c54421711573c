import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import type { RunningIngest } from "@rerun-ts/storage/ingest";
import type { EncodedMessage } from "@rerun-ts/core";
import { SUBPROTOCOL, decodeFrame, encodeAck, encodeData, encodeHello, encodeReceived } from "@rerun-ts/core/transport";
import { RecordingStream, Scalars, WebSocketSink, customSink } from "@rerun-ts/node";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { describe, expect, onTestFinished, type TestContext } from "vitest";
import { WebSocket, type RawData } from "ws";
import { startIngestingNats } from "../harness/ingesting-nats.ts";
import { RelayProgram } from "../harness/relay-program.ts";
import { it } from "../harness/test.ts";

/** The frame by which a client asks until when its records are stored. */
const ASK = Uint8Array.of(8);
const ASKED = isSoak ? 200_000 : 40_000;

interface World {
  readonly ingest: RunningIngest;
  readonly edge: RelayProgram;
}

async function startWorld(folder: string, skip: TestContext["skip"]): Promise<World> {
  const { ingest, args } = await startIngestingNats(folder, skip);
  return { ingest, edge: await RelayProgram.startWarm([...args, "--port", "0"]) };
}

/** A client that sends frames of its own, after the welcome. */
async function connect(edge: RelayProgram): Promise<WebSocket> {
  const client = new WebSocket(edge.socketUrl, SUBPROTOCOL);
  onTestFinished(() => client.terminate());
  await once(client, "open");
  const names = { applicationId: "page", recordingId: "hostile", software: "test" };
  client.send(encodeHello({ version: 1, session: randomBytes(16), first: 0, ...names }));
  const [data] = (await once(client, "message")) as [RawData];
  expect(decodeFrame(data as Buffer)).toMatchObject({ type: "welcome", isEdge: true });
  return client;
}

/** What opens a recording, and chunks of one row. */
async function encodedRows(count: number): Promise<readonly EncodedMessage[]> {
  const messages: EncodedMessage[] = [];
  const recording = new RecordingStream("page", { sendProperties: false, recordingId: "hostile" });
  await recording.setSink(customSink({ send: (message) => void messages.push(message) }));
  for (let row = 0; row < count; row++) {
    recording.log("rows", new Scalars(row));
    await recording.flush();
  }
  await recording.close();
  return messages;
}

/** Logs a row as a page does, and waits for its commit. */
async function logHonestly(edge: RelayProgram): Promise<void> {
  const recording = new RecordingStream("page");
  await recording.setSink(new WebSocketSink(edge.socketUrl));
  recording.log("rows", new Scalars(1));
  expect(await recording.flush({ ack: true })).toMatchObject({ complete: true });
  expect(await recording.close()).toMatchObject({ complete: true });
}

describe("an edge with hostile clients", () => {
  it("does nothing for clients that ask without data", async ({ folder, skip }) => {
    const { ingest, edge } = await startWorld(folder, skip);
    const client = await connect(edge);
    for (let asked = 0; asked < ASKED; asked++) client.send(ASK);
    await logHonestly(edge);
    expect(ingest.stats().commits).toBe(1);
    expect(client.readyState).toBe(WebSocket.OPEN);
  });

  it("makes few commits for a client that asks for each row, and keeps all of its rows", async ({ folder, skip }) => {
    const { ingest, edge } = await startWorld(folder, skip);
    const client = await connect(edge);
    const messages = await encodedRows(400);
    const begin = performance.now();
    let stored = 0;
    client.on("message", (data: Buffer) => {
      const frame = decodeFrame(data);
      if (frame.type === "ack") stored = frame.next;
    });
    for (const [number, message] of messages.entries()) {
      client.send(encodeData(number, [message]));
      client.send(ASK);
      await setTimeout(10);
    }
    await logHonestly(edge);
    while (stored < messages.length) await setTimeout(10);
    const seconds = (performance.now() - begin) / 1000;
    // Eight at once and one a second for the client, instead of ten a second and more, and those of the page.
    expect(ingest.stats().commits).toBeLessThan(15 + 2 * seconds);
    expect(ingest.stats().rows).toBeGreaterThanOrEqual(400);
  });

  it.for([
    ["an acknowledgement", encodeAck({ next: 5, window: 1 })],
    ["a report of what has arrived", encodeReceived(5)],
    ["a record with a later number", encodeData(7, [])],
    ["nothing", new Uint8Array()],
  ] as const)("disconnects one that sends %s, and serves others", async ([, frame], { folder, skip }) => {
    const { edge } = await startWorld(folder, skip);
    const client = await connect(edge);
    client.send(frame);
    const [code] = (await once(client, "close")) as [number];
    expect(code).toBe(1008);
    await logHonestly(edge);
  });
});
