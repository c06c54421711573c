import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { BidiConnection } from "./bidi-connection.ts";
import { startDisplay } from "./display.ts";
import { clickActions, endGroup, type BrowserOptions, type TestBrowser } from "./test-browser.ts";

const LISTENING = /^WebDriver BiDi listening on (ws:\/\/\S+)/;

/** Changes to a new profile: nothing is fetched, asked or opened but the pages of tests. */
const PREFERENCES = {
  "app.update.disabledForTesting": true,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.page": 0,
  "browser.startup.homepage_override.mstone": "ignore",
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,#remote-settings-dummy/v1",
  "toolkit.telemetry.server": "data:,",
  "dom.disable_open_during_load": false,
} as const;

/**
 * Starts an installed Firefox without a window on the screen. It is driven by WebDriver BiDi, which it has built in.
 * Playwright sends commands on each new page that the ESR does not know.
 */
export async function startFirefox(program: string, { profile, downloads }: BrowserOptions): Promise<TestBrowser> {
  const preferences = {
    ...PREFERENCES,
    ...(downloads !== undefined && { "browser.download.dir": downloads, "browser.download.folderList": 2 }),
  };
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`);
  await writeFile(join(profile, "user.js"), lines.join(""));
  // Without a display, even a browser without windows has no WebGL.
  const display = await startDisplay();
  const flags = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0", "about:blank"];
  const firefox = spawn(program, flags, {
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
    env: { ...process.env, DISPLAY: display.name },
  });
  const close = async (): Promise<void> => {
    await endGroup(firefox);
    await display.close();
  };
  try {
    const connection = await BidiConnection.open(`${await addressOf(firefox.stderr)}/session`);
    const session = (await connection.send("session.new", { capabilities: {} })) as {
      readonly capabilities: { readonly browserVersion: string };
    };
    const { contexts } = (await connection.send("browsingContext.getTree", { maxDepth: 0 })) as {
      readonly contexts: readonly { readonly context: string }[];
    };
    const [first] = contexts;
    if (first === undefined) throw new Error("Firefox has no window");
    let { context } = first;
    const newTab = async (): Promise<string> =>
      ((await connection.send("browsingContext.create", { type: "tab", background: true })) as typeof first).context;
    return {
      name: "Firefox ESR",
      version: session.capabilities.browserVersion,
      async open(url) {
        await connection.send("browsingContext.navigate", { context, url, wait: "complete" });
      },
      async call(expression, ...args) {
        const text = `(async (text) => JSON.stringify(await (${expression})(...JSON.parse(text))))`;
        const { type, result, exceptionDetails } = (await connection.send("script.callFunction", {
          functionDeclaration: text,
          arguments: [{ type: "string", value: JSON.stringify(args) }],
          target: { context },
          awaitPromise: true,
          userActivation: true,
        })) as Evaluated;
        if (type === "exception") throw new Error(exceptionDetails?.text);
        return result?.value === undefined ? undefined : JSON.parse(result.value);
      },
      async clickAt(x, y) {
        await connection.send("input.performActions", { context, actions: clickActions(x, y) });
      },
      async closeWindow() {
        const closed = context;
        // Opens the tab in the background: a user closes the visible tab.
        context = await newTab();
        await connection.send("browsingContext.close", { context: closed });
      },
      async close() {
        connection.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The result of `script.callFunction` whose value is a string. */
interface Evaluated {
  readonly type: "success" | "exception";
  readonly result?: { readonly value?: string };
  readonly exceptionDetails?: { readonly text: string };
}

/** The address that Firefox prints when it has started. */
async function addressOf(output: Readable): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [, url] = LISTENING.exec(line) ?? [];
    if (url === undefined) continue;
    output.resume();
    return url;
  }
  throw new Error("Firefox ended before it could be driven");
}
