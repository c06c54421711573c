import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../node/free-port.ts";
import { startDisplay } from "./display.ts";
import { clickActions, endGroup, type BrowserOptions, type TestBrowser } from "./test-browser.ts";

const START_MS = 20_000;
const POLL_MS = 20;
/**
 * GStreamer's encoders of AV1, which crash the processes of pages after some frames (WebKitGTK 2.50, GStreamer 1.22).
 */
const NO_AV1 = ["av1enc", "svtav1enc", "rav1enc"].map((element) => `${element}:NONE`).join(",");
/** Scripts of tests have limits of their own. */
const SCRIPT_MS = 120_000;

/** The programs of WebKitGTK. */
export interface WebKitPrograms {
  readonly driver: string;
  readonly miniBrowser: string;
}

/** Starts WebKitGTK's MiniBrowser on a screen in memory. It is driven by WebDriver. */
export async function startWebKit(
  { driver, miniBrowser }: WebKitPrograms,
  { profile, downloads }: BrowserOptions,
): Promise<TestBrowser> {
  const display = await startDisplay();
  const port = await freePort();
  if (downloads !== undefined) {
    await mkdir(join(profile, ".config"));
    await writeFile(join(profile, ".config/user-dirs.dirs"), `XDG_DOWNLOAD_DIR="${downloads}"\n`);
  }
  const env = {
    DISPLAY: display.name,
    HOME: profile,
    XDG_CONFIG_HOME: join(profile, ".config"),
    GST_PLUGIN_FEATURE_RANK: NO_AV1,
  };
  const program = spawn(driver, [`--port=${port}`], {
    stdio: "ignore",
    detached: true,
    env: { ...process.env, ...env },
  });
  const close = async (): Promise<void> => {
    await endGroup(program);
    await display.close();
  };
  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as { readonly value: unknown };
    if (response.ok) return value;
    const { error, message } = value as { readonly error: string; readonly message: string };
    throw new Error(`${path}: ${error}: ${message}`);
  };
  try {
    await untilListening(port, program);
    const options = { binary: miniBrowser, args: ["--automation"] };
    const capabilities = { alwaysMatch: { browserName: "MiniBrowser", "webkitgtk:browserOptions": options } };
    const { sessionId, capabilities: is } = (await send("POST", "/session", { capabilities })) as {
      readonly sessionId: string;
      readonly capabilities: { readonly browserVersion: string };
    };
    const session = `/session/${sessionId}`;
    await send("POST", `${session}/timeouts`, { script: SCRIPT_MS, pageLoad: SCRIPT_MS });
    return {
      name: "WebKitGTK",
      version: is.browserVersion,
      async open(url) {
        await send("POST", `${session}/url`, { url });
      },
      async call(expression, ...args) {
        const script = `
          const [text, done] = arguments;
          (async () => JSON.stringify(await (${expression})(...JSON.parse(text))))()
            .then((result) => done({ result }), (error) => done({ error: String(error) }));`;
        const { result, error } = (await send("POST", `${session}/execute/async`, {
          script,
          args: [JSON.stringify(args)],
        })) as { readonly result?: string; readonly error?: string };
        if (error !== undefined) throw new Error(error);
        return result === undefined ? undefined : JSON.parse(result);
      },
      async clickAt(x, y) {
        await send("POST", `${session}/actions`, { actions: clickActions(x, y) });
      },
      async closeWindow() {
        const { handle } = (await send("POST", `${session}/window/new`, { type: "window" })) as {
          readonly handle: string;
        };
        await send("DELETE", `${session}/window`);
        await send("POST", `${session}/window`, { handle });
      },
      async close() {
        await send("DELETE", session);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function untilListening(port: number, driver: ChildProcess): Promise<void> {
  const end = performance.now() + START_MS;
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return;
    } catch {
      if (driver.exitCode !== null || performance.now() > end) throw new Error("WebKitWebDriver did not start");
      await sleep(POLL_MS);
    } finally {
      socket.destroy();
    }
  }
}
