import { button, folder, openControls, select, slider } from "@rerun-ts/controls";
import * as rr from "@rerun-ts/node";
import * as rrb from "@rerun-ts/node/blueprint";
import { chromiumLaunchOptions } from "@rerun-ts/test-support/setup/chromium";
import { ensureWebViewer } from "@rerun-ts/test-support/setup/web-viewer";
import { silenceDebug } from "@rerun-ts/test-support/viewers/silence-debug";
import { chromium } from "@playwright/test";

/** Shaders are compiled in software. */
const VIEWER_MS = 20_000;
const STEPS = 400;

/** Takes images of the page of the program in docs/controls.md, with the light and the dark theme. */
export async function takeControlsImages(pathOf: (theme: "light" | "dark") => string): Promise<void> {
  const rec = new rr.RecordingStream("arm", { recordingId: "monday" });
  const views = ["/angle", "/controls/gain"].map((contents) => new rrb.TimeSeriesView({ name: contents, contents }));
  await rec.serveGrpc({
    port: 0,
    defaultBlueprint: new rrb.Blueprint(new rrb.Vertical(views), { collapsePanels: true }),
  });
  rec.setTime("step", 0);
  const ui = await openControls(
    rec,
    {
      gain: slider({ min: 0, max: 2, step: 0.01, value: 0.5 }),
      stop: button({ key: "Space" }),
      log: folder("Logging", { level: select(["info", "debug"]) }),
    },
    { assets: await ensureWebViewer() },
  );
  ui.on("gain", () => {});
  let angle = 0;
  for (let step = 0; step < STEPS; step++) {
    rec.setTime("step", step);
    if (step % 100 === 0) ui.set("gain", 0.5 + (step / 100) * 0.3);
    angle += (Math.sin(step / 30) - angle) * ui.values.gain * 0.1;
    rec.log("angle", new rr.Scalars(angle));
  }
  const browser = await chromium.launch(chromiumLaunchOptions());
  try {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await browser.newPage({ viewport: { width: 1200, height: 600 }, colorScheme });
      await silenceDebug(page);
      await page.goto(ui.url ?? "");
      await page.getByRole("button", { name: "stop" }).waitFor();
      await page.waitForTimeout(VIEWER_MS);
      await page.screenshot({ path: pathOf(colorScheme) });
      await page.close();
    }
  } finally {
    await browser.close();
    await ui.close();
    await rec.close();
  }
}
