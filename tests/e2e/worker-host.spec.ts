import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { decodeRrd } from "@rerun-ts/core/decode";
import { RecordingStream, serveGrpcRelay } from "@rerun-ts/node";
import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { logFrame, logStart } from "../../examples/web/points/scene.ts";
import { countChunks, saveFromServer } from "./read-server.ts";
import { findRealRerun, type Rerun } from "./rerun.ts";
import { servePages, type PageServer } from "./serve.ts";

/** A server that was started, on a free port or on a given one. */
interface Started {
  readonly port: number;
  /** The address that pages send to, and that of its data. */
  readonly pageUrl: string;
  readonly url: string;
  stop(): Promise<void>;
}

let pages: PageServer;
let folder: string;
let rerun: Rerun;

test.beforeAll(async () => {
  pages = await servePages(".");
  folder = await mkdtemp(join(tmpdir(), "rerun-ts-worker-host-"));
});

test.beforeEach(async () => {
  const found = await findRealRerun();
  test.skip("missing" in found && process.env.CI !== "true", "missing" in found ? found.missing : "");
  if ("missing" in found) throw new Error(found.missing);
  rerun = found;
});

test.afterAll(async () => {
  await pages.close();
  await rm(folder, { recursive: true });
});

const SERVERS: Readonly<Record<string, (port?: number) => Promise<Started>>> = {
  async "the real server over gRPC-web"(port) {
    const server = await RealServer.start(rerun.path, port);
    return { port: server.port, pageUrl: server.url, url: server.url, stop: () => server.stop() };
  },
  async "a relay over a WebSocket"(port = 0) {
    const relay = await serveGrpcRelay({ port });
    const pageUrl = `ws://127.0.0.1:${relay.port}/ws`;
    return { port: relay.port, pageUrl, url: relay.url, stop: () => relay.close() };
  },
};

for (const [name, start] of Object.entries(SERVERS)) {
  test(`through a WorkerHost, ${name} receives what a page logs before and after a restart, and while it is unloaded`, async ({
    page,
  }) => {
    let server = await start();
    try {
      await page.goto(`${pages.url}tests/e2e/pages/live.html?worker&url=${encodeURIComponent(server.pageUrl)}`);
      await page.waitForFunction(() => "live" in window);
      await page.evaluate(async () => {
        await window.live.connect({ waitForConnection: true });
        window.live.start();
        window.live.log(0, 20);
        await window.live.flush(10_000);
      });
      expect(page.workers().map((worker) => worker.url())).toEqual([expect.stringContaining("/worker.js")]);
      await server.stop();
      await page.evaluate(() => window.live.log(20, 40));
      server = await start(server.port);
      expect(await page.evaluate(() => window.live.flush(20_000))).toMatchObject({ complete: true, droppedRows: 0 });
      await page.evaluate(() => addEventListener("pagehide", () => window.live.log(40, 45)));
      await page.goto("about:blank");
      await expectFrames(server, 45, 20);
    } finally {
      await server.stop();
    }
  });
}

/** Compares the data of the server with that of the same module on Node. */
async function expectFrames(server: Started, to: number, from: number): Promise<void> {
  const fromNode = join(folder, "node.rrd");
  const rec = new RecordingStream("points", { recordingId: "points", batcher: { flushNumRows: 0 } });
  await rec.save(fromNode);
  logStart(rec);
  for (let frame = from; frame < to; frame++) logFrame(rec, frame);
  await rec.close();
  const fromServer = join(folder, "server.rrd");
  await saveFromServer(rerun.path, server, fromServer, countChunks(decodeRrd(await readFile(fromNode))));
  // A chunk that was sent twice, because its acknowledgement was lost, has one id.
  const merged = join(folder, "merged.rrd");
  await rerun.run("rrd", "merge", "-o", merged, fromServer);
  await rerun.run("rrd", "compare", "--unordered", merged, fromNode);
}
