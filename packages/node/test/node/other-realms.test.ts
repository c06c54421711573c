import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { GrpcServerSink, RecordingStream, Scalars, serve } from "@rerun-ts/node";
import { cdrText, mcapFile, textChannel } from "@rerun-ts/test-support/common/mcap-file";
import { convert } from "@rerun-ts/test-support/common/mcap-values";
import { expect, it, onTestFinished, vi } from "vitest";

const TLS_FOLDER = join(import.meta.dirname, "../../../../tests/processes/harness/tls");

it("a WebSocket whose buffers have another realm, as in simulated pages, delivers", async () => {
  const relay = await serve.serveGrpcRelay({ port: 0 });
  onTestFinished(() => relay.close());
  const recording = new RecordingStream("realms");
  vi.stubGlobal("ArrayBuffer", runInNewContext("ArrayBuffer"));
  onTestFinished(() => void vi.unstubAllGlobals());
  const url = relay.url.replace("rerun+http", "ws").replace("/proxy", "/ws");
  await recording.connectWebSocket(url, { thread: false });
  recording.log("a", new Scalars(1));
  expect(await recording.flush({ ack: true, timeoutMs: 10_000 })).toMatchObject({ complete: true, droppedRows: 0 });
  await recording.close();
});

it("a server takes a key and a certificate that are bytes of another realm", () => {
  const Bytes = runInNewContext("Uint8Array") as Uint8ArrayConstructor;
  const [key, cert] = ["key.pem", "certificate.pem"].map(
    (name) => new Bytes(readFileSync(join(TLS_FOLDER, name))) as Uint8Array as Buffer,
  );
  if (key === undefined || cert === undefined) throw new Error("there is no certificate");
  expect(() => new GrpcServerSink({ port: 0, tls: { key, cert } })).not.toThrow();
});

it("an expression of another realm chooses topics", async () => {
  const file = await mcapFile(["/a", "/b"].map((topic) => textChannel(topic, [cdrText("text")])));
  const { chunks } = await convert(file, { includeTopics: [runInNewContext("/a/") as RegExp] });
  const rows = chunks.filter(({ isStatic }) => !isStatic);
  expect([...new Set(rows.map(({ entityPath }) => entityPath))]).toEqual(["/a"]);
});
