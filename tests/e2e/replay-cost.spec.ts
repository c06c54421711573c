import { expect, test } from "@playwright/test";
import type { ReplayPageApi } from "./pages/replay.ts";
import { serveOwnPages } from "./serve.ts";

declare const api: ReplayPageApi;

test("recording a page logs each event of rrweb once, and prints its cost", async ({ page }) => {
  const pages = await serveOwnPages(["tests/e2e/pages/replay.html"]);
  await page.goto(`${pages.url}tests/e2e/pages/replay.html`);
  const result = await page.evaluate(async () => {
    const root = document.querySelector("#root") as HTMLElement;
    const item = (n: number): HTMLElement =>
      Object.assign(document.createElement("li"), {
        innerHTML: `item <b class="x">${n}</b> <a href="/a?b=${n}" title="t">link</a>`,
      });
    const work = async (): Promise<number> => {
      root.replaceChildren();
      const list = document.createElement("ul");
      root.append(list);
      const begin = performance.now();
      for (let n = 0; n < 3000; n++) {
        list.append(item(n));
        if (n % 3 === 1) list.firstElementChild?.remove();
        (list.lastElementChild as HTMLElement).title = `title ${n}`;
        // Observers run here.
        await Promise.resolve();
        await Promise.resolve();
      }
      return performance.now() - begin;
    };
    const times: Record<string, number[]> = { nothing: [], rrweb: [], "rrweb as JSON": [], recordPage: [] };
    let counted = 0;
    let kept = "";
    for (let round = 0; round < 7; round++) {
      times["nothing"]?.push(await work());
      for (const name of ["rrweb", "rrweb as JSON"]) {
        const stop = api.rrweb({
          emit: (event) => {
            if (name !== "rrweb") kept = JSON.stringify(event);
            if (round === 0 && name === "rrweb") counted++;
          },
        });
        times[name]?.push(await work());
        stop?.();
      }
      api.start({});
      times["recordPage"]?.push(await work());
      api.stop();
    }
    const medians = Object.fromEntries(
      Object.entries(times).map(([name, all]) => [name, all.sort((a, b) => a - b)[3] ?? 0]),
    );
    return { medians, counted, kept: kept.length };
  });
  console.log(JSON.stringify(result.medians));
  expect(result.counted).toBeGreaterThan(0);
  await pages.close();
});
