import type { Browser } from "playwright-core";
import { expect } from "vitest";

/** Development servers compile a page when it is opened. */
const PAGE_MS = 120_000;
const ALL_SENT = { complete: true, droppedRows: 0, warnings: [] };

/** What the page `tests/e2e/packed/page.js` reports where everything works. */
export const ALL_WORKS = {
  sent: ALL_SENT,
  hosted: ALL_SENT,
  spooled: ALL_SENT,
  encoded: { logged: true, warnings: [] },
};

/** Opens a page with `page.js`, lets it log in all ways to a relay, and returns its report. */
export async function logInPage(browser: Browser, address: string, relayUrl: string): Promise<unknown> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("response", (response) => {
    if (response.status() >= 400 && !response.url().endsWith("/favicon.ico"))
      errors.push(`${response.status()} ${response.url()}`);
  });
  // A development server may load the page again, when it has found another dependency.
  page.on("load", () => {
    const logged = page
      .waitForFunction(() => document.documentElement.dataset["ready"] === "true", undefined, { timeout: PAGE_MS })
      .then(() => page.evaluate(() => document.querySelector("button")?.click()));
    // Without it there is no result.
    logged.catch(() => {});
  });
  try {
    await page.goto(`${address}?url=${encodeURIComponent(relayUrl)}`);
    const output = page.locator("output:not(:empty)");
    await output.waitFor({ timeout: PAGE_MS }).catch((error: unknown) => {
      throw new Error(`the page has no result: ${errors.join("; ")}`, { cause: error });
    });
    expect(errors).toEqual([]);
    return JSON.parse((await output.textContent()) ?? "");
  } finally {
    await page.close();
  }
}
