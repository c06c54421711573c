import { expect, test, type Page } from "@playwright/test";
import type { RerunReplayElement } from "@rerun-ts/replay/element";
import type { ReplayPageApi } from "./pages/replay.ts";
import { serveOwnPages, type PageServer } from "./serve.ts";

declare const api: ReplayPageApi;

let pages: PageServer;
test.beforeAll(async () => {
  pages = await serveOwnPages(["tests/e2e/pages/replay.html"]);
});
test.afterAll(() => pages.close());

/** The texts of the items of the page, and of its replay in the page. */
const items = (page: Page): Promise<{ live: string[]; replayed: string[] }> =>
  page.evaluate(() => {
    const textsIn = (root: Document | undefined): string[] =>
      [...(root?.querySelectorAll("li") ?? [])].map(({ textContent }) => textContent);
    const replay = document.querySelector("rerun-replay") as RerunReplayElement | null;
    return { live: textsIn(document), replayed: textsIn(replay?.page) };
  });

const addItem = (page: Page, text: string): Promise<void> =>
  page.evaluate((content) => {
    const item = Object.assign(document.createElement("li"), { textContent: content });
    document.querySelector("#root")?.append(item);
  }, text);

test("a player replays the page that it is in, while the page is recorded, and not itself", async ({ page }) => {
  await page.goto(`${pages.url}tests/e2e/pages/replay.html`);
  // The player waits for the page.
  await page.evaluate(async () => {
    await api.definePlayer();
    const replay = document.createElement("rerun-replay");
    Object.assign(replay, { source: api.memory });
    document.body.append(replay);
  });
  await page.waitForTimeout(300);
  await addItem(page, "first");
  await page.evaluate(() => api.start({ checkoutSeconds: 600 }));
  for (const text of ["second", "third"]) {
    await addItem(page, text);
    const { live } = await items(page);
    await expect.poll(async () => (await items(page)).replayed, { timeout: 10_000 }).toEqual(live);
  }
  // A time that was set stays, and beyond it the page goes on.
  await page.evaluate(async () => {
    const replay = document.querySelector("rerun-replay") as RerunReplayElement;
    await replay.setTime(0n);
  });
  expect((await items(page)).replayed).toEqual(["first"]);
  await addItem(page, "fourth");
  await page.evaluate(() => api.snapshot());
  await page.waitForTimeout(1500);
  expect((await items(page)).replayed).toEqual(["first"]);
  await page.evaluate(async () => {
    const replay = document.querySelector("rerun-replay") as RerunReplayElement;
    await replay.setTime(BigInt(Date.now()) * 1_000_000n);
  });
  await addItem(page, "fifth");
  await expect
    .poll(async () => (await items(page)).replayed, { timeout: 10_000 })
    .toEqual(["first", "second", "third", "fourth", "fifth"]);
  // A viewer is ahead of the events, which come later. After its own changes, the player ignores viewers for a moment.
  await page.waitForTimeout(600);
  await page.evaluate(() => {
    const viewer = {
      subscribe(listener: (time: number, timeline: string) => void) {
        listener(Date.now() * 1e6 + 60e9, "log_time");
        return () => {};
      },
      show() {},
      play() {},
    };
    Object.assign(document.querySelector("rerun-replay") as RerunReplayElement, { viewer });
  });
  await page.waitForTimeout(1500);
  await addItem(page, "sixth");
  await expect.poll(async () => (await items(page)).replayed.at(-1), { timeout: 10_000 }).toBe("sixth");
  // In the recording it is an empty box.
  const children = await page.evaluate(() => {
    const replay = document.querySelector("rerun-replay") as RerunReplayElement;
    return replay.page?.querySelector("rerun-replay")?.shadowRoot?.childNodes.length ?? 0;
  });
  expect(children).toBe(0);
  // Nothing happens any more, so that nothing is recorded.
  const rows = (): Promise<number> => page.evaluate(() => api.memory.numMessages);
  const before = await rows();
  await page.waitForTimeout(1000);
  expect((await rows()) - before).toBeLessThan(6);
});

test("a live recording that ends without a page waits, and ends with the player", async ({ page }) => {
  await page.goto(`${pages.url}tests/e2e/pages/replay.html`);
  const seen = await page.evaluate(async () => {
    await api.definePlayer();
    const problems: unknown[] = [];
    addEventListener("unhandledrejection", ({ reason }) => problems.push(String(reason)));
    const replay = document.createElement("rerun-replay") as RerunReplayElement;
    const failures: string[] = [];
    replay.addEventListener("failure", (event) => failures.push((event as CustomEvent<Error>).detail.message));
    replay.source = api.memory;
    document.body.append(replay);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const text = replay.shadowRoot?.querySelector("p")?.textContent;
    replay.remove();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const sink = new api.rr.MemorySink();
    const other = new api.rr.RecordingStream("closed");
    await other.setSink(sink);
    await other.close();
    replay.source = sink;
    document.body.append(replay);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { problems, failures, text };
  });
  expect(seen).toEqual({ problems: [], failures: [], text: "Waiting for a page at /page …" });
});

test("wrong values of the player are refused by their names", async ({ page }) => {
  await page.goto(`${pages.url}tests/e2e/pages/replay.html`);
  const messages = await page.evaluate(async () => {
    await api.definePlayer();
    const failure = (values: object): Promise<string> =>
      new Promise((resolve) => {
        const replay = document.createElement("rerun-replay");
        replay.addEventListener("failure", (event) => {
          const { code, message } = (event as CustomEvent<Error & { code?: string }>).detail;
          resolve(`${code} ${message}`);
        });
        Object.assign(replay, values);
        document.body.append(replay);
      });
    const replay = document.createElement("rerun-replay");
    const thrown = (time: unknown): string => {
      try {
        Object.assign(replay, { time });
        return "done";
      } catch (error) {
        return String(error);
      }
    };
    return [
      await failure({ source: 5 }),
      await failure({ source: new ArrayBuffer(8) }),
      await failure({ source: new Uint8Array(3) }),
      await failure({ source: api.memory, viewer: document.body }),
      thrown("now"),
      thrown(Infinity),
      thrown(5.5),
      await replay.setTime("5" as never).catch(String),
    ];
  });
  const source = "`source` must be a URL, a file, bytes, or a MemorySink of a recording";
  expect(messages).toEqual([
    `INVALID_ARGUMENT ${source}, got 5`,
    `INVALID_ARGUMENT ${source}, got ArrayBuffer of 8 bytes`,
    "INVALID_FORMAT the data is too short to be a Rerun recording",
    expect.stringContaining("`viewer` must be an object with `subscribe`, `show` and `play`"),
    'TypeError: `time` must be nanoseconds since 1970, as a bigint or a finite number, got "now"',
    "TypeError: `time` must be nanoseconds since 1970, as a bigint or a finite number, got Infinity",
    "done",
    'TypeError: `time` must be nanoseconds since 1970, as a bigint or a finite number, got "5"',
  ]);
});
