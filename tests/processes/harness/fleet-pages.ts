import { presignUpload } from "@rerun-ts/storage";
import type { BadHttpProxy } from "@rerun-ts/test-support/node/bad-http-proxy";
import { S3_CREDENTIALS } from "@rerun-ts/test-support/node/s3-server";
import { chromiumLaunchOptions } from "@rerun-ts/test-support/setup/chromium";
import { chromium, type BrowserContext, type Page } from "@playwright/test";
import { onTestFinished } from "vitest";
import { serveOwnPages } from "../../e2e/serve.ts";
import { EDGE, PAGE } from "./fleet-rows.ts";

/** A browser with a page for each producer in it. */
export async function openPages(
  proxy: BadHttpProxy,
): Promise<{ readonly context: BrowserContext; readonly pages: Page[] }> {
  const site = await serveOwnPages(["tests/e2e/pages/producer.html"]);
  const browser = await chromium.launch(chromiumLaunchOptions());
  onTestFinished(async () => {
    await browser.close();
    await site.close();
  });
  const context = await browser.newContext();
  const options = { endpoint: proxy.url, credentials: S3_CREDENTIALS };
  await context.exposeFunction("signUpload", (part: { key: string; sha256?: string }) =>
    presignUpload("s3://bucket/prefix", part, options),
  );
  const pages = await Promise.all([PAGE, EDGE].map(() => context.newPage()));
  for (const page of pages) {
    await page.goto(`${site.url}tests/e2e/pages/producer.html`);
    await page.waitForFunction(() => "producer" in window);
  }
  return { context, pages };
}
