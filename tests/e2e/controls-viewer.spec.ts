import { expect, test } from "@playwright/test";
import * as rr from "@rerun-ts/node";
import * as rrb from "@rerun-ts/node/blueprint";
import { button } from "@rerun-ts/controls";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import { panelOf, startProgram } from "./control-page.ts";

test("a click in the viewer of the page reaches the program, and so do keys around it", async ({ browser }) => {
  const view = new rrb.Spatial3DView({ origin: "/", lineGrid: false });
  const defaultBlueprint = new rrb.Blueprint(view, { collapsePanels: true });
  const program = await startProgram({ stop: button({ key: "KeyS" }) }, {}, { defaultBlueprint });
  const picks: { entityPath: string; instance?: number | undefined; position?: readonly number[] | undefined }[] = [];
  const seen: unknown[] = [];
  program.ui.viewer.on("pick", (pick) => void picks.push(pick));
  program.ui.viewer.on("key", (key) => void seen.push(key));
  program.ui.on("stop", () => void seen.push("stop"));
  program.rec.setTime("frame", 7);
  program.rec.log("targets", new rr.Points3D([1, 2, 3], { radii: 1 }));
  const page = await browser.newPage({ viewport: { width: 900, height: 500 } });
  const problems: string[] = [];
  page.on("console", (message) => void (message.text().includes("Content Security") && problems.push(message.text())));
  await silenceDebug(page);
  await page.goto(program.url);
  await expect(panelOf(page).getByRole("button", { name: "stop" })).toBeVisible();
  await expect(page.locator("#status")).toBeHidden({ timeout: 60_000 });
  // The picture comes after the start of the viewer.
  await expect(async () => {
    await page.mouse.click(258, 255);
    await expect.poll(() => picks.length, { timeout: 3000 }).toBeGreaterThan(0);
  }).toPass({ timeout: 60_000 });
  expect(picks[0]).toMatchObject({ entityPath: "/targets", instance: 0 });
  // On the surface of the ball.
  const [x = NaN, y = NaN, z = NaN] = picks[0]?.position ?? [];
  expect(Math.hypot(x - 1, y - 2, z - 3)).toBeCloseTo(1, 1);
  await page.keyboard.press("s");
  await expect.poll(() => seen).toEqual(["stop"]);
  await page.keyboard.press("q");
  await expect.poll(() => seen).toEqual(["stop", "KeyQ"]);
  expect(problems).toEqual([]);
  await page.close();
  await program.close();
});
