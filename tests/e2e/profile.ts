import { readFileSync, readdirSync } from "node:fs";
import { chromium, type BrowserContext, type Page } from "@playwright/test";
import { chromiumLaunchOptions } from "@rerun-ts/test-support/setup/chromium";

/** How often a page is tried to be opened, and how long each attempt may take. */
const ATTEMPTS = 3;
const ATTEMPT_MS = 20_000;

/** A browser with a profile on disk, which can be killed and started again. */
export class ProfiledBrowser {
  readonly #folder: string;
  #context: BrowserContext | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Returns a new page. Starts the browser if the browser does not run. */
  async newPage(): Promise<Page> {
    this.#context ??= await chromium.launchPersistentContext(this.#folder, {
      ...chromiumLaunchOptions(),
      headless: true,
    });
    const context = this.#context;
    // After a kill, a page may get the renderer that Chromium had kept ready, and which is dead, too.
    for (let attempt = 1; ; attempt++) {
      try {
        return await withinLimit(context.newPage());
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
      }
    }
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

  /** The browser of this profile, which this process has started. */
  #browserPid(): number {
    const isBrowser = (args: readonly string[]): boolean =>
      args.includes(`--user-data-dir=${this.#folder}`) && !args.some((one) => one.startsWith("--type="));
    const [pid] = processesOf(process.pid, isBrowser);
    if (pid === undefined) throw new Error(`no browser runs in ${this.#folder}`);
    return pid;
  }

  /** The processes of the browser with an argument. */
  #processes(argument: string): number[] {
    return processesOf(this.#browserPid(), (args) => args.includes(argument));
  }
}

/** The processes that another one has started, directly or not, whose arguments `matches` accepts. */
function processesOf(ancestor: number, matches: (args: readonly string[]) => boolean): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => matches(argumentsOf(pid)) && ancestorsOf(pid).includes(ancestor));
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

/** Rejects if a page is not there in time. */
async function withinLimit(opening: Promise<Page>): Promise<Page> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no page was opened within ${ATTEMPT_MS} ms`)), ATTEMPT_MS);
  });
  try {
    return await Promise.race([opening, late]);
  } finally {
    clearTimeout(timer);
  }
}
