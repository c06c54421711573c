import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serve } from "@rerun-ts/node";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { root } from "@rerun-ts/test-support/node/environment";
import { describe, expect, inject, onTestFinished } from "vitest";
import { startRealServer } from "../processes/harness/start-real-server.ts";
import { it } from "../processes/harness/test.ts";
import { RecordingsReader } from "./harness/reader.ts";
import { needRuntime } from "./harness/runtime.ts";
import { startWorker } from "./harness/workerd.ts";

const WAYS = [
  "to memory",
  "to a stream",
  "over gRPC-web to Rerun's server",
  "over gRPC-web to a relay",
  "over gRPC-web to a relay, in `waitUntil`",
  "over a WebSocket to a relay",
];

describe("the packed package for pages in workerd", () => {
  it("logs the same as Node to memory, streams, Rerun's server and relays", async ({ rerun, folder, skip, task }) => {
    const runtime = needRuntime("workerd", WAYS, { skip, task });
    const server = await startRealServer(rerun.program);
    const relay = await serve.serveGrpcRelay({ port: 0 });
    const readers = [new RecordingsReader(server.url), new RecordingsReader(relay.url)] as const;
    onTestFinished(async () => {
      for (const reader of readers) reader.stop();
      await relay.close();
    });
    const source = 'import { answer } from "./edge.js"; export default { fetch: answer };';
    const worker = await startWorker(runtime, source, { SERVER: server.url, RELAY: relay.url });
    const numChunks = readChunks(await readFile(inject("expected"))).length;

    for (const way of WAYS) {
      const file = join(folder, `${way}.rrd`);
      const response = await fetch(`${worker.url}?way=${encodeURIComponent(way)}`);
      if (way.startsWith("over")) {
        expect(await response.json()).toEqual({ complete: true, droppedRows: 0 });
        const reader = way.endsWith("server") ? readers[0] : readers[1];
        await reader.save(`workerd ${way}.`, file, numChunks);
      } else {
        await writeFile(file, new Uint8Array(await response.arrayBuffer()));
      }
      const merged = join(folder, "merged.rrd");
      await rerun.merge(merged, file);
      await rerun.compare(merged, inject("expected"));
    }
  });

  it("runs the worker of the documentation", async ({ skip, task }) => {
    const runtime = needRuntime("workerd", [], { skip, task });
    const relay = await serve.serveGrpcRelay({ port: 0 });
    onTestFinished(() => relay.close());
    const page = await readFile(join(root, "docs/edge.md"), "utf8");
    const [, source = ""] = /```ts\n(.*?)```/s.exec(page) ?? [];
    const worker = await startWorker(runtime, source, { RERUN_URL: relay.url });
    const response = await fetch(`${worker.url}/hello`);
    expect(await response.text()).toBe("Hello");
    const reader = new RecordingsReader(relay.url);
    onTestFinished(() => reader.stop());
    await expect.poll(() => reader.of("/hello").length, { timeout: 10_000 }).toBe(1);
  });
});
