import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { RerunError } from "@rerun-ts/core";
import { HOW_TO_INSTALL, environmentOf, findExecutable } from "./find-executable.ts";
import { findFreePort, isListening } from "../net/ports.ts";
import type { SpawnSettings } from "./spawn-options.ts";
import type { ViewerControl } from "@rerun-ts/core/viewer-control";
import { connectViewer } from "../viewer/connect-viewer.ts";
import { spawnedViewerUrl } from "./spawned-viewer-url.ts";
import { describeVersionMismatch } from "./viewer-version.ts";
import { messageOf } from "@rerun-ts/core/checks";
import { checkAborted } from "@rerun-ts/core/util";

/** Longest time that connecting to a port of this machine may take. */
const PROBE_MS = 1000;
/** Interval of checks whether the viewer listens. */
const POLL_MS = 100;
/** Longest time that a viewer without a display may listen before it exits. */
const SETTLE_MS = 500;

/** The viewer started or found by {@link RecordingStream.spawn}. */
export interface SpawnInfo {
  /** The port of the viewer. */
  readonly port: number;
  /**
   * The id of the started process, or `undefined` if a viewer was already running. With `detachProcess` it leads a
   * separate process group: `process.kill(-pid)` also ends its child processes, such as those of the `rerun` of the
   * Python package.
   */
  readonly pid?: number | undefined;
  /** Controls the viewer: reads its state, moves its time, takes screenshots, and more. */
  readonly control: ViewerControl;
}

/**
 * Starts a viewer as the native SDKs do, unless a program listens on the port already: this program is assumed to be a
 * viewer. A detached viewer outlives this process. A viewer of another version, a viewer that does not listen in time,
 * and a later failure are reported as warnings.
 *
 * @param warn receives the warnings
 * @throws {RerunError} `NOT_FOUND` if there is no such program, `VIEWER_FAILED` if the program cannot be run or exits
 * immediately, `ABORTED`
 */
export async function startViewer(settings: SpawnSettings, warn: (message: string) => void): Promise<SpawnInfo> {
  const { signal } = settings;
  checkAborted(signal, "starting a viewer");
  const isInUse = await isListening(settings.port, PROBE_MS);
  if (isInUse && !settings.isNew) return await spawnInfoOf(settings.port);
  const port = isInUse ? await findFreePort() : settings.port;

  if (process.env["CI"] !== undefined)
    warn("starting a Rerun viewer, but the environment variable CI is set: nobody will see the viewer");
  const executable = findExecutable(settings);
  const mismatch = await describeVersionMismatch(executable, signal);
  checkAborted(signal, "starting a viewer");
  if (mismatch !== undefined) warn(mismatch);
  const viewer = await run(executable, port, settings);
  const exit = exitOf(viewer, executable, settings);
  if (settings.waitForBind && !(await untilListening(port, settings, exit)))
    warn(
      `the Rerun viewer did not listen on port ${port} within ${settings.timeoutMs} ms; the SDK keeps trying to connect`,
    );
  exit.catch((error: RerunError) => warn(error.message));
  return await spawnInfoOf(port, viewer.pid);
}

/** The result of `spawn` for the viewer on a port. */
export async function spawnInfoOf(port: number, pid?: number): Promise<SpawnInfo> {
  const info = { port, ...(pid !== undefined && { pid }) };
  const control = await connectViewer(spawnedViewerUrl(port));
  // Not enumerable, so that printing or serializing the info omits the control.
  return Object.defineProperty(info, "control", { value: control }) as SpawnInfo;
}

async function run(executable: string, port: number, { args, env, isDetached }: SpawnSettings): Promise<ChildProcess> {
  try {
    const viewer = spawn(executable, [`--port=${port}`, ...args], {
      detached: isDetached,
      stdio: ["ignore", "inherit", "inherit"],
      // The same variable that the Python SDK sets.
      env: environmentOf({ RERUN_APP_ONLY: "true", ...env }),
    });
    await once(viewer, "spawn");
    viewer.unref();
    return viewer;
  } catch (error) {
    const reason = messageOf(error);
    throw new RerunError(
      "VIEWER_FAILED",
      `cannot run ${executable}: ${reason}; install the viewer with ${HOW_TO_INSTALL}`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Rejects when the viewer fails. Exit code 0 is not an error: a launcher may have passed its work on to another
 * process.
 */
function exitOf(viewer: ChildProcess, executable: string, settings: SpawnSettings): Promise<never> {
  const exit = new Promise<never>((_, reject) => {
    viewer.once("exit", (code, signal) => {
      if (code === 0) return;
      const how = code === null ? `was ended by ${signal}` : `exited with code ${code}`;
      const advice = lacksDisplay(settings) ? "; this machine has no display: use `headless: true`" : "";
      reject(new RerunError("VIEWER_FAILED", `the Rerun viewer ${executable} ${how}${advice}`));
    });
  });
  exit.catch(() => {});
  return exit;
}

/** Whether a window is wanted but cannot be opened. */
function lacksDisplay({ isHeadless }: SpawnSettings): boolean {
  const { DISPLAY, WAYLAND_DISPLAY, WAYLAND_SOCKET } = process.env;
  return !isHeadless && process.platform === "linux" && (DISPLAY ?? WAYLAND_DISPLAY ?? WAYLAND_SOCKET) === undefined;
}

/** Waits until the viewer listens. Returns whether it did so in time. Rejects if the viewer exits. */
async function untilListening(port: number, settings: SpawnSettings, exit: Promise<never>): Promise<boolean> {
  const { timeoutMs, signal } = settings;
  const deadline = performance.now() + timeoutMs;
  const stop = new AbortController();
  const poll = async (): Promise<boolean> => {
    while (!stop.signal.aborted && performance.now() < deadline) {
      checkAborted(signal, "starting a viewer");
      if (await isListening(port, PROBE_MS)) {
        if (lacksDisplay(settings)) await setTimeout(SETTLE_MS);
        return true;
      }
      await setTimeout(POLL_MS);
    }
    return false;
  };
  try {
    return await Promise.race([poll(), exit]);
  } finally {
    stop.abort();
  }
}
