import { expect, test } from "@playwright/test";
import * as rr from "@rerun-ts/node";
import * as rrb from "@rerun-ts/node/blueprint";
import { button, readPick, type Pick } from "@rerun-ts/controls";
import { openLive } from "@rerun-ts/reading";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import { panelOf, startProgram } from "./control-page.ts";

test("a click in the viewer of the page reaches the program, and so do keys around it", async ({ browser }) => {
  const view = new rrb.Spatial3DView({ origin: "/", lineGrid: false });
  const defaultBlueprint = new rrb.Blueprint(view, { collapsePanels: true });
  const program = await startProgram({ stop: button({ key: "KeyS" }) }, {}, { defaultBlueprint });
  const picks: Pick[] = [];
  const memory = new rr.MemorySink();
  await program.rec.setSinks([...program.rec.sinks, memory]);
  const seen: unknown[] = [];
  program.ui.viewer.on("pick", (pick) => void picks.push(pick));
  program.ui.viewer.on("key", (key) => void seen.push(key));
  program.ui.on("stop", () => void seen.push("stop"));
  program.rec.setTime("frame", 7);
  const names = ball().map((_, stone) => `stone ${stone}`);
  program.rec.log("targets", [new rr.Points3D(ball(), { radii: 0.15 }), new rr.AnyValues({ names })]);
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
  const { entityPath, instance = -1, position = [] } = picks[0] ?? { entityPath: "" };
  expect(entityPath).toBe("/targets");
  // On the surface of the stone that was clicked.
  const stone = ball()[instance] ?? [];
  expect(Math.hypot(...stone.map((coordinate, at) => coordinate - (position[at] ?? NaN)))).toBeCloseTo(0.15, 1);
  const row = await readPick(await openLive(memory), picks[0] ?? { entityPath: "" });
  expect(row).toMatchObject({ names: `stone ${instance}`, "Points3D:radii": expect.closeTo(0.15) });
  expect(row["Points3D:positions"]).toEqual(stone.map((coordinate) => Math.fround(coordinate)));
  await page.keyboard.press("s");
  await expect.poll(() => seen).toEqual(["stop"]);
  await page.keyboard.press("q");
  await expect.poll(() => seen).toEqual(["stop", "KeyQ"]);
  expect(problems).toEqual([]);
  await page.close();
  await program.close();
});

/** The places of stones that cover a ball. */
function ball(): [number, number, number][] {
  return Array.from({ length: 400 }, (_, stone) => {
    const height = 1 - (2 * (stone + 0.5)) / 400;
    const [radius, angle] = [Math.sqrt(1 - height * height), stone * Math.PI * (3 - Math.sqrt(5))];
    return [radius * Math.cos(angle), radius * Math.sin(angle), height];
  });
}
