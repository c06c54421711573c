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
  // Few calls, because each takes milliseconds, and there are dozens of examples.
  const result = await page.evaluate(runInPage, name);
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#download").click()]);
  return { ...result, recording: await readFile(await download.path()) };
}

/** Runs in the page: chooses an example from the list, and waits for its end. */
function runInPage(name: string): Promise<Omit<PlaygroundResult, "recording">> {
  const status = document.querySelector("#status") as HTMLElement;
  const list = document.querySelector("#examples") as HTMLSelectElement;
  status.replaceChildren();
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!/^(?:finished|failed)/.test(status.textContent)) return;
      observer.disconnect();
      resolve({ status: status.textContent, messages: document.querySelector("#messages")?.textContent ?? "" });
    });
    observer.observe(status, { childList: true, characterData: true, subtree: true });
    list.value = name;
    for (const type of ["input", "change"]) list.dispatchEvent(new Event(type, { bubbles: true }));
  });
}
