import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "@playwright/test";
import { serveGrpcRelay } from "@rerun-ts/node/relay";
import { CatalogServer } from "../node/catalog-server.ts";
import { RealServer } from "../node/real-server.ts";
import { makeTemporaryFolder } from "../node/temporary-folder.ts";
import { chromiumLaunchOptions } from "../setup/chromium.ts";
import { silenceDebug } from "../viewers/silence-debug.ts";
import { pageContext } from "./page-context.ts";
import { performPage } from "./perform-page.ts";

const SIZE = { width: 1200, height: 700 };
/** Shaders are compiled in software. */
const VIEWER_MS = 20_000;

/**
 * Uses an example for browsers as a user would, and saves the data that it logs.
 * @param rerun the path of the real program
 * @param example the name of its folder
 * @param url the address of its page
 * @param file where to save the recording, or for a page that shows the viewer itself, or that saves
 * a page with the viewer, an image of the page
 */
export async function recordPage(rerun: string, example: string, url: string, file: string): Promise<void> {
  const server = await startServer(rerun, example);
  const folder = makeTemporaryFolder();
  const html = join(folder.path, "problem.html");
  const browser = await chromium.launch(chromiumLaunchOptions());
  try {
    const page = await browser.newPage({ viewport: SIZE, ...pageContext(example) });
    await silenceDebug(page);
    await page.goto(`${url}?url=${encodeURIComponent(server.url)}`);
    await performPage(page, example);
    if (example === "report-a-problem") {
      const button = page.getByRole("button", { name: "Report a problem" });
      const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
      await download.saveAs(html);
      await page.goto(pathToFileURL(html).href, { waitUntil: "commit" });
    }
    if (file.endsWith(".png")) {
      await page.waitForTimeout(VIEWER_MS);
      await page.screenshot({ path: file });
    } else if (example === "points" || example === "recorder") {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button").click()]);
      await download.saveAs(file);
    } else if (server instanceof RealServer) {
      await page.goto("about:blank");
      await server.save(file);
    }
  } finally {
    await browser.close();
    await server.stop();
    await folder.remove();
  }
}

/** The server that a page talks to. */
async function startServer(
  rerun: string,
  example: string,
): Promise<RealServer | { readonly url: string; stop(): Promise<unknown> }> {
  if (example === "catalog") return CatalogServer.start(rerun);
  if (example !== "arm") return RealServer.start(rerun);
  const relay = await serveGrpcRelay({ port: 0 });
  return { url: relay.url, stop: () => relay.close() };
}
