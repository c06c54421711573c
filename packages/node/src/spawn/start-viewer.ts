import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { RerunError } from "@rerun-ts/core";
import { HOW_TO_INSTALL, environmentOf, findExecutable } from "./find-executable.ts";
import { findFreePort, isListening } from "./listening.ts";
import type { SpawnSettings } from "./spawn-options.ts";
import { describeVersionMismatch } from "./viewer-version.ts";

/** How long a connection to a port of this machine may take. */
const PROBE_MS = 1000;
/** How often it is looked whether the viewer listens. */
const LOOK_MS = 100;
/** How long a viewer may listen before it notices that it has no screen. */
const DOUBT_MS = 500;

/** The viewer that a recording was given. */
export interface SpawnInfo {
  /** Where it listens. */
  readonly port: number;
  /**
   * The process that was started; not there if one was running already. It leads a group of its own: `process.kill(-pid)`
   * also ends what it has started itself, as the `rerun` that comes with Python does.
   */
  readonly pid?: number | undefined;
}

/**
 * Starts a viewer as the native SDKs do, unless someone listens on the port already, whoever that is. It outlives this
 * process.
 *
 * @param notice told what is odd, but no reason to stop
 * @throws {RerunError} `FILE` if there is no program or it cannot be run, `SERVER` if it ends at once, `ABORTED`
 */
export async function startViewer(settings: SpawnSettings, notice: (message: string) => void): Promise<SpawnInfo> {
  const { signal } = settings;
  checkAborted(signal);
  if (process.env["CI"] !== undefined)
    notice("a Rerun viewer is wanted, and the environment variable CI says that nobody will look at it");
  const isTaken = await isListening(settings.port, PROBE_MS);
  if (isTaken && !settings.isNew) return { port: settings.port };
  const port = isTaken ? await findFreePort() : settings.port;

  const executable = findExecutable(settings);
  const mismatch = await describeVersionMismatch(executable, signal);
  checkAborted(signal);
  if (mismatch !== undefined) notice(mismatch);
  const viewer = await run(executable, port, settings);
  const end = endOf(viewer, executable, settings);
  if (settings.waitForBind && !(await untilListening(port, settings, end)))
    notice(
      `the Rerun viewer does not listen on port ${port} after ${settings.timeoutMs} ms; the connection is tried on`,
    );
  end.catch((error: RerunError) => notice(error.message));
  return { port, pid: viewer.pid };
}

async function run(executable: string, port: number, { args, env, isDetached }: SpawnSettings): Promise<ChildProcess> {
  try {
    const viewer = spawn(executable, [`--port=${port}`, ...args], {
      detached: isDetached,
      stdio: ["ignore", "inherit", "inherit"],
      // As Python's SDK tells the program.
      env: environmentOf({ RERUN_APP_ONLY: "true", ...env }),
    });
    await once(viewer, "spawn");
    viewer.unref();
    return viewer;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RerunError("FILE", `cannot run ${executable}: ${reason}; install the viewer with ${HOW_TO_INSTALL}`, {
      cause: error,
    });
  }
}

/** Rejects if the viewer fails. One that just ends may have left its work to another process. */
function endOf(viewer: ChildProcess, executable: string, settings: SpawnSettings): Promise<never> {
  const end = new Promise<never>((_, reject) => {
    viewer.once("exit", (code, signal) => {
      if (code === 0) return;
      const how = code === null ? `by ${signal}` : `with the exit code ${code}`;
      const advice = lacksScreen(settings) ? "; there is no screen here: `headless: true` does without one" : "";
      reject(new RerunError("SERVER", `the Rerun viewer ${executable} has ended ${how}${advice}`));
    });
  });
  end.catch(() => {});
  return end;
}

/** Whether a window could not be opened. */
function lacksScreen({ isHeadless }: SpawnSettings): boolean {
  const { DISPLAY, WAYLAND_DISPLAY, WAYLAND_SOCKET } = process.env;
  return !isHeadless && process.platform === "linux" && (DISPLAY ?? WAYLAND_DISPLAY ?? WAYLAND_SOCKET) === undefined;
}

/** Returns whether it listened in time. Rejects if it ends instead. */
async function untilListening(port: number, settings: SpawnSettings, end: Promise<never>): Promise<boolean> {
  const { timeoutMs, signal } = settings;
  const deadline = performance.now() + timeoutMs;
  const stop = new AbortController();
  const look = async (): Promise<boolean> => {
    while (!stop.signal.aborted && performance.now() < deadline) {
      checkAborted(signal);
      if (await isListening(port, PROBE_MS)) {
        if (lacksScreen(settings)) await setTimeout(DOUBT_MS);
        return true;
      }
      await setTimeout(LOOK_MS);
    }
    return false;
  };
  try {
    return await Promise.race([look(), end]);
  } finally {
    stop.abort();
  }
}

function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new RerunError("ABORTED", "starting a viewer was given up: the signal fired", { cause: signal.reason });
}
