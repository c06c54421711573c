import type { Browser, BrowserContextOptions, Locator, Page } from "@playwright/test";
import { openControls, type Controls, type OpenControls, type OpenControlsOptions } from "@rerun-ts/controls";
import * as rr from "@rerun-ts/node";
import { ensureWebViewer } from "@rerun-ts/test-support/setup/web-viewer";

/** A program with controls, and what its handlers have seen. */
export interface Program<Declared extends Controls> {
  readonly ui: OpenControls<Declared>;
  readonly rec: rr.RecordingStream;
  readonly url: string;
  close(): Promise<void>;
}

/** Options of {@link startProgram}, besides those of the controls. */
export interface ProgramOptions {
  /** The id of its application. */
  readonly name?: string;
  readonly defaultBlueprint?: rr.types.BlueprintLike | undefined;
}

/** Opens controls with a page on this machine. */
export async function startProgram<Declared extends Controls>(
  controls: Declared,
  options: OpenControlsOptions = {},
  { name = "robot", defaultBlueprint }: ProgramOptions = {},
): Promise<Program<Declared>> {
  const rec = new rr.RecordingStream(name);
  await rec.serveGrpc({ port: 0, defaultBlueprint });
  const ui = await openControls(rec, controls, { assets: await ensureWebViewer(), ...options });
  const close = async (): Promise<void> => {
    await ui.close();
    await rec.close();
  };
  return { ui, rec, url: ui.url ?? "", close };
}

/** Opens the page of a program without its viewer, which takes seconds to start. */
export async function openPanel(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 900, height: 900 }, ...options });
  const page = await context.newPage();
  await page.route("**/index.js", (route) => route.abort());
  await page.goto(url);
  return page;
}

/** The panel of a page. */
export function panelOf(page: Page): Locator {
  return page.locator("rerun-controls");
}

/** The part of a panel that shows its programs, without what is announced besides. */
export function sectionOf(page: Page): Locator {
  return panelOf(page).locator("section");
}
