import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "@playwright/test";
import { chromiumLaunchOptions } from "@rerun-ts/test-support/setup/chromium";

/** A browser with a profile on disk, which can be killed and started again. */
export class ProfiledBrowser {
  readonly #folder: string;
  #context: BrowserContext | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A new page; starts the browser if it does not run. */
  async newPage(): Promise<Page> {
    this.#context ??= await chromium.launchPersistentContext(this.#folder, {
      ...chromiumLaunchOptions(),
      headless: true,
    });
    return this.#context.newPage();
  }

  /** Crashes a page. */
  async crash(page: Page): Promise<void> {
    const crashed = page.waitForEvent("crash");
    const session = await page.context().newCDPSession(page);
    // It never answers.
    session.send("Page.crash").catch(() => {});
    await crashed;
    await page.close();
  }

  /** Kills the processes of all pages. */
  async killRenderers(page: Page): Promise<void> {
    const crashed = page.waitForEvent("crash");
    for (const pid of this.#processes("--type=renderer")) process.kill(pid, "SIGKILL");
    await crashed;
    await page.close();
  }

  /** Kills the browser. */
  async kill(): Promise<void> {
    const context = this.#context;
    if (context === undefined) return;
    const closed = new Promise((resolve) => context.once("close", resolve));
    process.kill(this.#browserPid(), "SIGKILL");
    await closed;
    this.#context = undefined;
  }

  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = undefined;
  }

  /** The browser of this profile, which must have been started by this process. */
  #browserPid(): number {
    const pid = Number(readlinkSync(join(this.#folder, "SingletonLock")).split("-").at(-1));
    if (!ancestorsOf(pid).includes(process.pid)) throw new Error(`process ${pid} was not started by this test`);
    return pid;
  }

  /** The processes of the browser with an argument. */
  #processes(argument: string): number[] {
    const browser = this.#browserPid();
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => argumentsOf(pid).includes(argument) && ancestorsOf(pid).includes(browser));
  }
}

function argumentsOf(pid: number): readonly string[] {
  return read(`/proc/${pid}/cmdline`).split(/[\0 ]/);
}

/** The parent of a process, its parent, and so on. */
function ancestorsOf(pid: number): number[] {
  const stat = read(`/proc/${pid}/stat`);
  const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  return parent > 0 ? [parent, ...ancestorsOf(parent)] : [];
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // The process has ended.
    return "";
  }
}
