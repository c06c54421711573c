import { expect, test } from "@playwright/test";
import * as rr from "@rerun-ts/node";
import { serveOwnPages } from "./serve.ts";

test("a visit of 30 minutes and 50,000 events shows any time", async ({ page }) => {
  const pages = await serveOwnPages(["tests/e2e/pages/replay-player.html"]);
  const rec = new rr.RecordingStream("long_visit");
  const memory = rec.memoryRecording();
  const [start, minutes, count, step] = [Date.UTC(2026, 0, 1), 30, 50_000, 30_000];
  const rows = (path: string, all: readonly { readonly timestamp: number }[]): void => {
    rec.sendColumns(
      path,
      rr.TimeColumn.timestamp(
        "log_time",
        all.map(({ timestamp }) => new Date(timestamp)),
      ),
      rr.DynamicArchetype.columns("PageReplay", { event: all.map((event) => JSON.stringify(event)) }),
    );
  };
  const li = (id: number, text: string): object => ({
    type: 2,
    id,
    tagName: "li",
    attributes: {},
    childNodes: [{ type: 3, id: id + 1, textContent: text }],
  });
  // A page with 2,000 elements, whose 1,000 texts change.
  const snapshot = (timestamp: number, texts: readonly string[]): object => {
    const list = {
      type: 2,
      id: 4,
      tagName: "ul",
      attributes: {},
      childNodes: texts.map((text, at) => li(10 + 2 * at, text)),
    };
    const html = {
      type: 2,
      id: 2,
      tagName: "html",
      attributes: {},
      childNodes: [{ type: 2, id: 3, tagName: "body", attributes: {}, childNodes: [list] }],
    };
    return { type: 2, timestamp, data: { node: { type: 0, id: 1, childNodes: [html] }, initialOffset: {} } };
  };
  const texts = Array.from({ length: 1000 }, (_, at) => `item ${at}`);
  const events: { timestamp: number }[] = [];
  const pace = (minutes * 60_000) / count;
  for (let index = 0, next = 0; index < count; index++) {
    const timestamp = start + Math.round(index * pace);
    if (timestamp - start >= next) {
      rows("page/snapshots", [snapshot(timestamp, texts) as { timestamp: number }]);
      rows("page/meta", [{ type: 4, timestamp, data: { href: "", width: 800, height: 600 } } as { timestamp: number }]);
      next += step;
      continue;
    }
    const at = index % 1000;
    texts[at] = `change ${index}`;
    events.push({
      type: 3,
      timestamp,
      data: { source: 0, texts: [{ id: 11 + 2 * at, value: texts[at] }], attributes: [], removes: [], adds: [] },
    } as { timestamp: number });
  }
  for (let from = 0; from < events.length; from += 2000) rows("page", events.slice(from, from + 2000));
  const rrd = Buffer.from(memory.drainAsBytes()).toString("base64");
  await page.goto(`${pages.url}tests/e2e/pages/replay-player.html`);
  const seen = await page.evaluate(
    async ({ rrd: given, start: first, length }) => {
      const replay = document.querySelector("rerun-replay") as unknown as HTMLElement & {
        source: unknown;
        page: Document;
        setTime(time: bigint): Promise<void>;
      };
      const ready = new Promise((resolve) => replay.addEventListener("ready", resolve));
      replay.source = Uint8Array.from(atob(given), (character) => character.charCodeAt(0));
      await ready;
      const durations: number[] = [];
      const last: number[] = [];
      for (let n = 0; n < 100; n++) {
        const part = (n * 0.618034) % 1;
        const begin = performance.now();
        await replay.setTime(BigInt(first + Math.round(part * length)) * 1_000_000n);
        durations.push(performance.now() - begin);
        last.push(
          Math.max(
            ...[...replay.page.querySelectorAll("li")].map((one) =>
              Number(/change (\d+)/.exec(one.textContent ?? "")?.[1] ?? 0),
            ),
          ) /
            50_000 -
            part,
        );
      }
      durations.sort((a, b) => a - b);
      return { half: durations[50], longest: durations[99], wrong: Math.max(...last.map(Math.abs)) };
    },
    { rrd, start, length: minutes * 60_000 },
  );
  console.log(
    `${events.length} events: half of the seeks ${seen.half?.toFixed(1)} ms, the longest ${seen.longest?.toFixed(1)} ms`,
  );
  // The latest change that is shown belongs to the time.
  expect(seen.wrong).toBeLessThan(0.0005);
  await pages.close();
});
