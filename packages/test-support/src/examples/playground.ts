import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";

/** Result of running a program in the playground. */
export interface PlaygroundResult {
  /** `finished: N rows`, or `failed`. */
  readonly status: string;
  /** Text below the editor: lines of the console, warnings, errors. */
  readonly messages: string;
  /** File that the button for the download saves. */
  readonly recording: Uint8Array;
}

/** Options of {@link openPlayground}. */
export interface OpenPlaygroundOptions {
  /** Whether to leave the viewer no room, so that it draws nothing: drawing in software takes most of the time. */
  readonly hidesViewer?: boolean;
}

/** Opens the playground of the documentation site, whose address is `site`, with the first example. */
export async function openPlayground(page: Page, site: string, options: OpenPlaygroundOptions = {}): Promise<void> {
  await page.goto(`${site}playground/index.html`);
  if (options.hidesViewer === true) await page.addStyleTag({ content: "#viewer { display: none }" });
  // The examples are there.
  await page.waitForFunction(() => document.querySelectorAll("#examples option").length > 0);
}

/** Runs an example in the playground that a page has open, until it ends. */
export async function runExample(page: Page, name: string): Promise<PlaygroundResult> {
  const status = page.locator("#status");
  await page.evaluate(() => document.querySelector("#status")?.replaceChildren());
  await page.locator("#examples").selectOption(name);
  await page.waitForFunction(() => /^(?:finished|failed)/.test(document.querySelector("#status")?.textContent ?? ""));
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#download").click()]);
  return {
    status: (await status.textContent()) ?? "",
    messages: (await page.locator("#messages").textContent()) ?? "",
    recording: await readFile(await download.path()),
  };
}
