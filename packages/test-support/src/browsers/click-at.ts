import type { BrowserCommand } from "vitest/node";

declare module "vitest/browser" {
  interface BrowserCommands {
    /** Clicks at a position of the window, in CSS pixels, as a user does. */
    clickAt(x: number, y: number): Promise<void>;
  }
}

/** Members that providers of browsers add to the contexts of commands: a part of Playwright's page. */
export interface ClickContext {
  readonly page: { readonly mouse: { click(x: number, y: number): Promise<void> } };
}

/** A command for tests in browsers. */
export const clickAt: BrowserCommand<[x: number, y: number]> = async (context, x, y) => {
  await (context as unknown as ClickContext).page.mouse.click(x, y);
};
