import { chromium } from "@playwright/test";
import { chromiumArguments, chromiumPath } from "./chromium.mjs";
import { performPage } from "./perform-page.mjs";
import { saveServer, startServer } from "./rerun-server.mjs";

const SIZE = { width: 1200, height: 700 };
/** Shaders are compiled in software. */
const VIEWER_MS = 20_000;

/**
 * Plays an example for browsers and saves what it logs.
 * @param {string} rerun the program
 * @param {string} example
 * @param {string} url of the page
 * @param {string} file the recording; or the picture of the page, where that holds the viewer
 */
export async function recordPage(rerun, example, url, file) {
  const server = await startServer(rerun);
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArguments });
  try {
    const page = await browser.newPage({ viewport: SIZE });
    await page.addInitScript(() => void (console.debug = () => {}));
    await page.goto(`${url}?url=${encodeURIComponent(server.url)}`);
    await performPage(page, example);
    if (example === "viewer") {
      await page.waitForTimeout(VIEWER_MS);
      await page.screenshot({ path: file });
    } else if (example === "points") {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button").click()]);
      await download.saveAs(file);
    } else {
      await page.goto("about:blank");
      await saveServer(rerun, server, file);
    }
  } finally {
    await browser.close();
    await server.stop();
  }
}
