import { randomBytes } from "node:crypto";
import { GrpcWebSink } from "@rerun-ts/core";
import type { Sink } from "@rerun-ts/core";
import { GrpcSink, RecordingStream, Tensor, WebSocketSink } from "@rerun-ts/node";
import { RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";
import { readMessages } from "@rerun-ts/web/read";
import { describe, expect, onTestFinished } from "vitest";
import { it } from "../processes/harness/test.ts";
import { isComplete } from "./harness/is-complete.ts";
import { linesOf, needRuntime, SERVER_RUNTIMES, startIn } from "./harness/runtime.ts";

const RUNTIMES = isComplete ? SERVER_RUNTIMES : SERVER_RUNTIMES.slice(1);
/** More than the windows of HTTP/2 and the buffers of connections. */
const TENSORS = 12;
const TENSOR_BYTES = 1_000_000;
/** Bytes that do not shrink when they are compressed. */
const NOISE = randomBytes(TENSOR_BYTES);

describe.for(RUNTIMES)("a relay in %s", (name) => {
  it("passes megabytes on, whatever the protocols of writers and readers", async ({ skip, task }) => {
    const program = startIn(needRuntime(name, ["a relay"], { skip, task }), "relay");
    const { value } = await linesOf(program).next();
    const { url } = JSON.parse(value as string) as { url: string };
    const writers: Readonly<Record<string, Sink>> = {
      "over gRPC": new GrpcSink(url, { thread: false }),
      "over gRPC-web": new GrpcWebSink(url),
      "over a WebSocket": new WebSocketSink(url, { thread: false }),
    };
    for (const [way, sink] of Object.entries(writers)) {
      const rec = new RecordingStream("runtimes", { recordingId: way });
      await rec.setSink(sink);
      for (let i = 0; i < TENSORS; i++) {
        rec.setTime("row", i);
        rec.log("tensor", new Tensor({ data: NOISE, shape: [1000, 1000] }));
      }
      expect(await rec.close({ timeoutMs: 20_000 }), way).toMatchObject({ complete: true, droppedRows: 0 });
    }
    const chunks = TENSORS * Object.keys(writers).length;
    expect(await chunksOverGrpcWeb(url, chunks)).toBe(chunks);
    expect(await chunksOverGrpc(url, chunks)).toBe(chunks);
  });
});

/** Reads over HTTP/1.1, as pages do, until `count` chunks of the tensors have arrived. */
async function chunksOverGrpcWeb(url: string, count: number): Promise<number> {
  let chunks = 0;
  for await (const message of readMessages(url, { signal: AbortSignal.timeout(60_000) })) {
    if (message.kind === "chunk" && message.payload.length > TENSOR_BYTES / 2) chunks++;
    if (chunks === count) break;
  }
  return chunks;
}

async function chunksOverGrpc(url: string, count: number): Promise<number> {
  const reader = new RelayReaderClient(url);
  onTestFinished(() => reader.stop());
  const chunksOf = (): number =>
    reader.messages.filter(({ kind, payload }) => kind === "chunk" && payload.length > TENSOR_BYTES / 2).length;
  await expect.poll(chunksOf, { timeout: 60_000 }).toBe(count);
  return chunksOf();
}
