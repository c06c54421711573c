import { defineBrowserProvider } from "@vitest/browser";
import type { BrowserProvider, BrowserProviderOption } from "vitest/node";
import { makeTemporaryFolder } from "../node/temporary-folder.ts";
import type { ClickContext } from "./click-at.ts";
import type { BrowserOptions, TestBrowser } from "./test-browser.ts";

/** A provider of Vitest that runs tests in a browser. `start` starts it when the first page is opened. */
export function testBrowserProvider(
  browser: "firefox" | "webkit",
  start: (options: BrowserOptions) => Promise<TestBrowser>,
): BrowserProviderOption {
  return defineBrowserProvider({
    name: `${browser}-driver`,
    supportedBrowser: [browser],
    options: {},
    providerFactory: () => new TestBrowserProvider(start),
  });
}

class TestBrowserProvider implements BrowserProvider {
  readonly name = "test-browser";
  readonly supportsParallelism = false;
  readonly #start: (options: BrowserOptions) => Promise<TestBrowser>;
  readonly #profile = makeTemporaryFolder();
  #browser: Promise<TestBrowser> | undefined;

  constructor(start: (options: BrowserOptions) => Promise<TestBrowser>) {
    this.#start = start;
  }

  getCommandsContext(): ClickContext & Record<string, unknown> {
    return { page: { mouse: { click: async (x, y) => (await this.#browser)?.clickAt(x, y) } } };
  }

  async openPage(_sessionId: string, url: string): Promise<void> {
    this.#browser ??= this.#start({ profile: this.#profile.path });
    await (await this.#browser).open(url);
  }

  async close(): Promise<void> {
    await (await this.#browser)?.close();
    await this.#profile.remove();
  }
}
