import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { expect, test, type Page } from "@playwright/test";
import { decodeRrd } from "@rerun-ts/core/decode";
import { RecordingStream, serve } from "@rerun-ts/node";
import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { logFrame, logStart } from "../../examples/web/points/scene.ts";
import { countChunks, saveFromServer } from "./read-server.ts";
import { requireRealRerun, type Rerun } from "./rerun.ts";
import { ISOLATING_HEADERS, servePages, type PageServer } from "./serve.ts";
import { logCloud } from "./pages/clouds.ts";

/** A server that was started, on a free port or on a given one. */
interface Started {
  readonly port: number;
  /** The address that pages send to, and the address of the data. */
  readonly pageUrl: string;
  readonly url: string;
  stop(): Promise<void>;
}

/** More than fits into the memory that a page shares with its worker. */
const CLOUDS = 30;

let pages: PageServer;
/** The address at which the same pages are cross-origin isolated. */
let isolatedUrl: string;
let folder: string;
let rerun: Rerun;

test.beforeAll(async () => {
  pages = await servePages();
  isolatedUrl = await pages.serveWith(ISOLATING_HEADERS);
  folder = makeTemporaryFolder().path;
});

test.beforeEach(async () => {
  rerun = await requireRealRerun();
});

test.afterAll(async () => {
  await pages.close();
  await removeTemporaryFolder(folder);
});

const SERVERS: Readonly<Record<string, (port?: number) => Promise<Started>>> = {
  async "the real server over gRPC-web"(port) {
    const server = await RealServer.start(rerun.path, port);
    return { port: server.port, pageUrl: server.url, url: server.url, stop: () => server.stop() };
  },
  async "a relay over a WebSocket"(port = 0) {
    const relay = await serve.serveGrpcRelay({ port });
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
      await page.goto(`${pages.url}tests/e2e/pages/live.html?worker=usual&url=${encodeURIComponent(server.pageUrl)}`);
      await page.waitForFunction(() => "live" in window);
      await page.evaluate(async () => {
        await window.live.connect({ waitForConnection: true });
        window.live.start();
        window.live.log(0, 20);
        await window.live.flush(10_000);
      });
      expect(page.workers().map((worker) => worker.url())).toEqual([expect.stringContaining("/worker-")]);
      await server.stop();
      await page.evaluate(() => window.live.log(20, 40));
      await untilNoticed(page);
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

for (const [name, start] of Object.entries(SERVERS)) {
  for (const isIsolated of [true, false]) {
    const how = isIsolated ? "through memory that a WorkerHost shares" : "as copies for a WorkerHost";
    test(`large rows arrive ${how}, at ${name}, also after a restart, when the page does not yield`, async ({
      page,
    }) => {
      let server = await start();
      try {
        const url = isIsolated ? isolatedUrl : pages.url;
        await page.goto(`${url}tests/e2e/pages/live.html?worker=blobs&url=${encodeURIComponent(server.pageUrl)}`);
        await page.waitForFunction(() => "live" in window);
        expect(await page.evaluate(() => crossOriginIsolated)).toBe(isIsolated);
        const before = await page.evaluate(async (clouds) => {
          await window.live.connect({ waitForConnection: true });
          window.live.start();
          window.live.logClouds(0, clouds);
          return window.live.flush(20_000);
        }, CLOUDS);
        expect(before).toMatchObject({ complete: true, droppedRows: 0 });
        await server.stop();
        await page.evaluate((clouds) => window.live.logClouds(clouds, clouds * 2), CLOUDS);
        await untilNoticed(page);
        server = await start(server.port);
        const after = await page.evaluate(() => window.live.flush(20_000));
        expect(after).toMatchObject({ complete: true, droppedRows: 0 });
        await expectSame(server, (rec) => {
          logCloud(rec, "static");
          for (let cloud = CLOUDS; cloud < CLOUDS * 2; cloud++) logCloud(rec, cloud);
        });
      } finally {
        await server.stop();
      }
    });
  }
}

/** Waits until a page has noticed that its server is gone. A call that finds the next one at once cannot know that. */
async function untilNoticed(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => window.live.stats().sinks[0]?.state)).toBe("connecting");
}

/** Compares the data of the server with the data that the same module logs on Node. */
async function expectFrames(server: Started, to: number, from: number): Promise<void> {
  await expectSame(server, (rec) => {
    for (let frame = from; frame < to; frame++) logFrame(rec, frame);
  });
}

async function expectSame(server: Started, log: (rec: RecordingStream) => void): Promise<void> {
  const fromNode = join(folder, "node.rrd");
  const rec = new RecordingStream("points", { recordingId: "points", batcher: { flushNumRows: 0 } });
  await rec.save(fromNode);
  logStart(rec);
  log(rec);
  await rec.close();
  const fromServer = join(folder, "server.rrd");
  await saveFromServer(rerun.path, server, fromServer, countChunks(decodeRrd(await readFile(fromNode))));
  // A chunk that was sent twice, because its acknowledgement was lost, has one id.
  const merged = join(folder, "merged.rrd");
  await rerun.run("rrd", "merge", "-o", merged, fromServer);
  await rerun.run("rrd", "compare", "--unordered", merged, fromNode);
}
