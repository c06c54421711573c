import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type { ViewerControl } from "@rerun-ts/core/viewer-control";
import { environmentOf, findExecutable } from "../spawn/find-executable.ts";
import { spawnedViewerUrl } from "../spawn/spawned-viewer-url.ts";
import { findFreePort } from "../net/ports.ts";
import { connectViewer } from "../viewer/connect-viewer.ts";

/** The size of a viewer's window, in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What a headless viewer is started with. */
export interface HeadlessViewerSettings {
  readonly executablePath: string | undefined;
  readonly size: PictureSize;
}

/** Number of viewers that are kept: programs seldom have more than two sizes of pictures. */
const MAX_VIEWERS = 2;
/** A viewer that draws in software and has no time for it starts slowly. */
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
  // The one that was used last is the last one.
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
  /** Its control. */
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
    const child = spawn(executable, args, {
      // A group of its own, because the `rerun` of the Python package starts the viewer as another process.
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
      env: environmentOf({ RERUN_APP_ONLY: "true" }),
    });
    let output = "";
    child.stderr.on("data", (data) => (output = `${output}${data}`.slice(-MAX_OUTPUT)));
    const failed = (reason: string, cause?: unknown): RerunError => {
      const text = output.trim() === "" ? "" : `; its output: ${output.trim()}`;
      return new RerunError("VIEWER_FAILED", `${executable} ${reason}; ${DRIVER_HINT}${text}`, { cause });
    };
    try {
      await once(child, "spawn");
    } catch (error) {
      throw failed(`cannot be run: ${messageOf(error)}`, error);
    }
    endWithProcess(child);
    const control = await connectViewer(spawnedViewerUrl(port));
    const exit = once(child, "exit").then(([code]) => Promise.reject(failed(`ended with exit code ${code}`)));
    try {
      await Promise.race([control.state({ timeoutMs: START_MS }), exit]);
    } catch (error) {
      end(child);
      throw error instanceof RerunError && error.code === "VIEWER_FAILED"
        ? error
        : failed(`does not answer: ${messageOf(error)}`, error);
    }
    exit.catch(() => {});
    // Programs end although a viewer is there for further pictures.
    child.unref();
    (child.stderr as unknown as { unref(): void }).unref();
    return new HeadlessViewer(child, control);
  }

  /** Whether its process has ended. */
  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Runs a function when nobody else uses the viewer. Its signal is aborted if the viewer ends. */
  use<Result>(run: (control: ViewerControl, ended: AbortSignal) => Promise<Result>): Promise<Result> {
    const result = this.#idle.then(() => run(this.control, this.#ended.signal));
    this.#idle = result.catch(() => {});
    return result;
  }

  /** Ends the viewer when nobody uses it any more. */
  async endWhenIdle(): Promise<void> {
    await this.#idle;
    end(this.#process);
    while (!this.hasEnded) await sleep(10);
  }
}

function endWithProcess(child: ChildProcess): void {
  const onExit = (): void => end(child);
  process.once("exit", onExit);
  child.once("exit", () => process.off("exit", onExit));
}

function end({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid);
  } catch {
    // It has ended already.
  }
}
