import { expect, test, type CDPSession } from "@playwright/test";
import type { ReplayPageApi } from "./pages/replay.ts";
import { serveOwnPages } from "./serve.ts";

declare const api: ReplayPageApi;

const ROUNDS = 9;
const RECORDERS = ["nothing", "rrweb", "recordPage"] as const;
type Recorder = (typeof RECORDERS)[number];

/** The processor time of the main thread so far, in milliseconds, with all that runs later and in observers. */
async function taskTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1000;
}

/** Changes the page 3,000 times in 100 tasks, and lets all recorders finish. */
async function work(recorder: Recorder): Promise<number> {
  const root = document.querySelector("#root") as HTMLElement;
  root.replaceChildren();
  const list = document.createElement("ul");
  // Without layout, which differs from time to time.
  list.hidden = true;
  root.append(list);
  let counted = 0;
  let stop: (() => void) | undefined;
  if (recorder === "rrweb") stop = api.rrweb({ emit: () => counted++ });
  if (recorder === "recordPage") api.start({});
  for (let n = 0; n < 3000; n++) {
    const html = `item <b class="x">${n}</b> <a href="/a?b=${n}" title="t">link</a>`;
    list.append(Object.assign(document.createElement("li"), { innerHTML: html }));
    if (n % 3 === 1) list.firstElementChild?.remove();
    (list.lastElementChild as HTMLElement).title = `title ${n}`;
    // Observers run here.
    await Promise.resolve();
    await Promise.resolve();
    if (n % 30 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  stop?.();
  if (recorder === "recordPage") api.stop();
  await api.rec.flush();
  return counted;
}

test("prints the time of the main thread that recording a page takes, and that of rrweb alone", async ({ page }) => {
  const pages = await serveOwnPages(["tests/e2e/pages/replay.html"]);
  await page.goto(`${pages.url}tests/e2e/pages/replay.html`);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const times: Record<Recorder, number[]> = { nothing: [], rrweb: [], recordPage: [] };
  for (let round = 0; round < ROUNDS; round++)
    for (const recorder of RECORDERS) {
      const before = await taskTime(session);
      const counted = await page.evaluate(work, recorder);
      times[recorder].push((await taskTime(session)) - before);
      if (recorder === "rrweb") expect(counted).toBeGreaterThan(0);
      await page.evaluate(async () => void (await api.bytes()));
    }
  const [nothing = 0, rrweb = 0, recordPage = 0] = RECORDERS.map(
    (recorder) => times[recorder].toSorted((a, b) => a - b)[(ROUNDS - 1) / 2] ?? 0,
  );
  console.log(JSON.stringify({ nothing, rrweb, recordPage, ratio: (recordPage - nothing) / (rrweb - nothing) }));
  await pages.close();
});
