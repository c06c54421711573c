import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const RERUN_TS = fileURLToPath(import.meta.resolve("rerun-ts"));
const CHROMIUMS = [
  process.env["CHROMIUM"],
  "/usr/lib/chromium/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
/** The longest wait for a program to begin. */
const START_MS = 30_000;

/** The programs that run beside this one, and are ended with it. */
export class Programs {
  readonly #running: ChildProcess[] = [];

  /**
   * Starts a program, and waits for a line that says it is ready. Returns whether there is such a program.
   * @throws {Error} if it ends before
   */
  async start(program: string, args: readonly string[], ready: RegExp): Promise<boolean> {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    const failed = once(child, "error").then(() => false);
    if (!(await Promise.race([once(child, "spawn").then(() => true), failed]))) return false;
    this.#running.push(child);
    const lines: string[] = [];
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${program} did not begin: ${lines.join("\n")}`)), START_MS);
      for (const stream of [child.stdout, child.stderr])
        createInterface(stream).on("line", (line) => {
          if (lines.push(line) > 20) lines.shift();
          if (!ready.test(line)) return;
          clearTimeout(timer);
          resolve(true);
        });
      child.once("exit", () => {
        clearTimeout(timer);
        reject(new Error(`${program} has ended: ${lines.join("\n")}`));
      });
    });
  }

  /** Starts `rerun-ts` with arguments. */
  rerunTs(args: readonly string[], ready: RegExp): Promise<boolean> {
    return this.start(process.execPath, [RERUN_TS, ...args], ready);
  }

  /** Opens a page in a browser that nobody sees. Returns whether there is one. */
  openPage(url: string, folder: string): boolean {
    const chromium = CHROMIUMS.find((path) => path !== undefined && existsSync(path));
    if (chromium === undefined) return false;
    // Without a port for debugging a browser without windows ends immediately.
    const args = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      `--user-data-dir=${folder}`,
      "--remote-debugging-port=0",
    ];
    this.#running.push(spawn(chromium, [...args, url], { stdio: "ignore" }));
    return true;
  }

  /** Ends all programs, the last ones first. */
  async stop(): Promise<void> {
    for (const child of this.#running.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.removeAllListeners("exit");
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    }
  }
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
