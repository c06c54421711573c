import type { Page } from "@playwright/test";

/** Suppresses the viewer's tens of thousands of lines about shaders, which take most of the time. */
export async function silenceDebug(page: Page): Promise<void> {
  await page.addInitScript(() => void (console.debug = () => {}));
}
