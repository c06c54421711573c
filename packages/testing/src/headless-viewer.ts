import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type { ViewerControl } from "@rerun-ts/core/viewer-control";
import {
  environmentOf,
  findExecutable,
  spawnedViewerUrl,
  findFreePort,
  findWorkerEntry,
} from "@rerun-ts/node/processes";
import * as rr from "@rerun-ts/node";

/** The size of a viewer's window, in pixels. */
export interface PictureSize {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

export interface HeadlessViewerSettings {
  readonly executablePath: string | undefined;
  readonly size: PictureSize;
}

/** Number of viewers to keep running: programs seldom have more than two sizes of images. */
const MAX_VIEWERS = 2;
/** Time for the start. A viewer that renders in software starts slowly on a busy machine. */
const START_MS = 60_000;
/** Characters of the viewer's output that messages show. */
const MAX_OUTPUT = 2000;
const DRIVER_HINT =
  "on Debian `apt-get install mesa-vulkan-drivers libvulkan1` installs a driver that draws in software";

const viewers = new Map<string, Promise<HeadlessViewer>>();

/**
 * The running viewer without a window for these settings, or a new one. It ends with this process.
 *
 * @throws {RerunError} `NOT_FOUND` if there is no such program, `VIEWER_FAILED` if it does not start
 */
export async function headlessViewer(settings: HeadlessViewerSettings): Promise<HeadlessViewer> {
  const { executablePath, size } = settings;
  const key = JSON.stringify([executablePath, size.width, size.height]);
  let viewer = viewers.get(key);
  if (viewer === undefined || (await hasEnded(viewer))) viewer = HeadlessViewer.start(settings);
  // Moves the viewer to the end, so that the first one is the least recently used.
  viewers.delete(key);
  viewers.set(key, viewer);
  for (const [other, oldest] of viewers) {
    if (viewers.size <= MAX_VIEWERS) break;
    viewers.delete(other);
    void oldest.then((one) => one.endWhenIdle()).catch(() => {});
  }
  return viewer;
}

async function hasEnded(viewer: Promise<HeadlessViewer>): Promise<boolean> {
  try {
    return (await viewer).hasEnded;
  } catch {
    return true;
  }
}

/** A viewer without a window, which one caller uses at a time. */
export class HeadlessViewer {
  readonly control: ViewerControl;
  readonly #process: ChildProcess;
  readonly #ended = new AbortController();
  #idle: Promise<unknown> = Promise.resolve();

  private constructor(process: ChildProcess, control: ViewerControl) {
    this.#process = process;
    this.control = control;
    process.once("exit", () => this.#ended.abort());
  }

  /** Starts a viewer, and waits until it answers. */
  static async start({ executablePath, size }: HeadlessViewerSettings): Promise<HeadlessViewer> {
    const executable = findExecutable({ executablePath, executableName: undefined });
    const port = await findFreePort();
    const args = ["--headless", "--bind=127.0.0.1", `--port=${port}`, `--window-size=${size.width}x${size.height}`];
    const child = spawn(process.execPath, [fileURLToPath(guard()), executable, ...args], {
      stdio: ["pipe", "ignore", "pipe"],
      env: environmentOf({ RERUN_APP_ONLY: "true" }),
    });
    let output = "";
    child.stderr.on("data", (data) => (output = `${output}${data}`.slice(-MAX_OUTPUT)));
    const failed = (reason: string, cause?: unknown): RerunError => {
      const text = output.trim() === "" ? "" : `; its output: ${output.trim()}`;
      return new RerunError("VIEWER_FAILED", `${executable} ${reason}; ${DRIVER_HINT}${text}`, { cause });
    };
    const control = await rr.viewer.connectViewer(spawnedViewerUrl(port));
    const exit = once(child, "exit").then(
      ([code]) => Promise.reject(failed(`ended with exit code ${code}`)),
      (error: unknown) => Promise.reject(failed(`cannot be run: ${messageOf(error)}`, error)),
    );
    try {
      await Promise.race([control.state({ timeoutMs: START_MS }), exit]);
    } catch (error) {
      child.kill();
      throw error instanceof RerunError && error.code === "VIEWER_FAILED"
        ? error
        : failed(`does not answer: ${messageOf(error)}`, error);
    }
    exit.catch(() => {});
    // The program can end while a viewer waits for further images.
    for (const part of [child, child.stdin, child.stderr] as unknown as { unref(): void }[]) part.unref();
    return new HeadlessViewer(child, control);
  }

  /** Whether the viewer's process has ended. */
  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Runs a function when no other call uses the viewer. Its signal is aborted if the viewer ends. */
  use<Result>(run: (control: ViewerControl, ended: AbortSignal) => Promise<Result>): Promise<Result> {
    const result = this.#idle.then(() => run(this.control, this.#ended.signal));
    this.#idle = result.catch(() => {});
    return result;
  }

  /** Ends the viewer once no call uses it. */
  async endWhenIdle(): Promise<void> {
    await this.#idle;
    if (this.hasEnded) return;
    const ended = once(this.#process, "exit");
    this.#process.ref();
    this.#process.kill();
    await ended;
  }
}

/** The program that starts viewers. @throws {RerunError} `UNSUPPORTED` in a bundle, which lacks the program */
function guard(): URL {
  const entry = findWorkerEntry("./viewer-guard-entry.js", import.meta.url);
  if (entry !== undefined) return entry;
  throw new RerunError("UNSUPPORTED", "pictures of recordings need the files of @rerun-ts/node, which a bundle lacks");
}
