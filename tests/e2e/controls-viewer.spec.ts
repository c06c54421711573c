import { expect, test } from "@playwright/test";
import * as rr from "@rerun-ts/node";
import * as rrb from "@rerun-ts/node/blueprint";
import { button } from "@rerun-ts/controls";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import { panelOf, startProgram } from "./control-page.ts";

test("a click in the viewer of the page reaches the program, and so do keys around it", async ({ browser }) => {
  const defaultBlueprint = new rrb.Blueprint(new rrb.Spatial2DView({ origin: "/" }), { collapsePanels: true });
  const program = await startProgram({ stop: button({ key: "KeyS" }) }, {}, { defaultBlueprint });
  const seen: unknown[] = [];
  program.ui.viewer.on(
    "pick",
    ({ entityPath, instance, position }) => void seen.push({ entityPath, instance, position }),
  );
  program.ui.viewer.on("key", (key) => void seen.push(key));
  program.ui.on("stop", () => void seen.push("stop"));
  program.rec.setTime("frame", 7);
  program.rec.log(
    "targets",
    new rr.Points2D(
      [
        [0, 0],
        [1, 0],
      ],
      { radii: 0.45 },
    ),
  );
  const page = await browser.newPage({ viewport: { width: 900, height: 500 } });
  const problems: string[] = [];
  page.on("console", (message) => void (message.text().includes("Content Security") && problems.push(message.text())));
  await silenceDebug(page);
  await page.goto(program.url);
  await expect(panelOf(page).getByRole("button", { name: "stop" })).toBeVisible();
  await expect(page.locator("#status")).toBeHidden({ timeout: 60_000 });
  // The picture comes after the start of the viewer.
  await expect(async () => {
    await page.mouse.click(200, 260);
    await page.waitForTimeout(300);
    await page.mouse.click(380, 260);
    await expect.poll(() => seen.length, { timeout: 3000 }).toBeGreaterThan(1);
  }).toPass({ timeout: 60_000 });
  const picks = seen.splice(0) as { entityPath: string; instance?: number; position?: number[] }[];
  expect(picks.every(({ entityPath }) => entityPath === "/targets")).toBe(true);
  expect(new Set(picks.map(({ instance }) => instance))).toEqual(new Set([0, 1]));
  expect(picks.at(-1)?.position?.[0]).toBeCloseTo(1, 0);
  await page.keyboard.press("s");
  await expect.poll(() => seen).toEqual(["stop"]);
  await page.locator("body").click({ position: { x: 880, y: 480 } });
  await page.keyboard.press("q");
  await expect.poll(() => seen).toEqual(["stop", "KeyQ"]);
  expect(problems).toEqual([]);
  await page.close();
  await program.close();
});
