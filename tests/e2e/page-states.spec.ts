import { expect, test, type Page } from "@playwright/test";
import { serve } from "@rerun-ts/node";
import {
  INSECURE_HOST,
  PAGE_STATES,
  SINK_KINDS,
  SLOW_PAGE_STATES,
  type PageState,
  type SinkKind,
} from "@rerun-ts/test-support/browsers/page-states";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { chromiumLaunchOptions } from "@rerun-ts/test-support/setup/chromium";
import { readChunksFrom } from "./read-server.ts";
import { servePages, type PageServer } from "./serve.ts";

const { args, ...launchOptions } = chromiumLaunchOptions();
test.use({
  launchOptions: { ...launchOptions, args: [...args, `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`] },
});

const ROWS = isSoak ? 500 : 20;

let pages: PageServer;

test.beforeAll(async () => {
  pages = await servePages();
});
test.afterAll(() => pages?.close());

for (const state of isSoak ? [...PAGE_STATES, ...SLOW_PAGE_STATES] : PAGE_STATES) {
  test(`a page ${state.name} loses no row that is not counted, with each sink`, async ({ page }) => {
    const address = await prepare(page, state);
    for (const kind of SINK_KINDS)
      await test.step(kind, async () => {
        await page.goto(`${address}tests/e2e/pages/states.html`);
        await page.waitForFunction(() => "states" in window);
        const relay = await serve.serveGrpcRelay({ port: 0, corsAllowOrigin: new URL(address).origin });
        try {
          await logIn(page, relay, state, kind);
        } finally {
          await relay.close();
        }
      });
  });
}

/** Serves the page with the headers and from the host of a state. Returns its address. */
async function prepare(page: Page, { headers, host, before }: PageState): Promise<string> {
  if (before !== undefined) await page.addInitScript(before);
  const address = headers === undefined ? pages.url : await pages.serveWith(headers);
  return host === undefined ? address : address.replace("127.0.0.1", host);
}

/** Logs before, during and after a state, and compares what arrived with what was logged and dropped. */
async function logIn(page: Page, relay: serve.GrpcServer, state: PageState, kind: SinkKind): Promise<void> {
  const id = `${state.name} ${kind}`;
  const port = Number(new URL(relay.url.replace("rerun+", "")).port);
  const refusal = await page.evaluate((request) => window.states.open(request), {
    kind,
    id,
    port,
    worker: state.worker,
  });
  await page.evaluate((rows) => window.states.log(rows), ROWS);
  if (state.refuses?.includes(kind) === true) {
    expect(refusal?.message).toMatch(/HTTPS or from localhost|see the option `createWorker`/);
    expect(refusal?.code).toBe("UNSUPPORTED");
    // Nothing is lost: another sink may be set.
    const held = Buffer.from(await page.evaluate(() => window.states.held()), "base64");
    expect(rowsIn(readChunks(held))).toHaveLength(ROWS);
    return;
  }
  expect(refusal).toBeUndefined();
  await page.evaluate(() => window.states.flush(10_000));
  const session = await page.context().newCDPSession(page);
  await state.enter?.(page, session);
  await page.evaluate((rows) => window.states.log(rows), ROWS);
  await page.evaluate(() => window.states.flush(500));
  await state.leave?.(page, session);
  await page.evaluate((rows) => window.states.log(rows), ROWS);
  const { complete, droppedRows, rows } = await page.evaluate(() => window.states.close());
  expect({ complete, rows }, (await page.evaluate(() => window.states.problems)).join("; ")).toEqual({
    complete: true,
    rows: 3 * ROWS,
  });
  const arrived = await read(page, relay, { kind, id, rows: rows - droppedRows });
  expect(new Set(arrived).size).toBe(arrived.length);
  expect(arrived.length + droppedRows).toBe(rows);
  if (droppedRows > 0) expect(state.name).toMatch(/data is removed/);
  await session.detach();
}

interface Expected {
  readonly kind: SinkKind;
  readonly id: string;
  readonly rows: number;
}

/** What identifies each row that has arrived. */
async function read(page: Page, relay: serve.GrpcServer, { kind, id, rows }: Expected): Promise<string[]> {
  if (kind === "memory" || kind === "opfs") {
    const stored = await page.evaluate(([of, name]) => window.states.read(of, name), [kind, id] as const);
    return rowsIn(readChunks(Buffer.from(stored, "base64")));
  }
  const messages = await readChunksFrom(relay.url, rows);
  const own = messages.filter(({ storeId }) => storeId.recordingId === id);
  return own.flatMap((message) => (message.kind === "chunk" ? [JSON.stringify(message.chunkId)] : []));
}

function rowsIn(chunks: ReturnType<typeof readChunks>): string[] {
  return chunks.flatMap(({ times }) => (times["row"] ?? []).map(String));
}
