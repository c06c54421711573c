import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { ViewerControlService } from "../../../core/dist/gen/rerun/viewer_control/v1alpha1/viewer_control_pb.js";
import { freePort, urlOf } from "../node/free-port.ts";
import { onLoopback } from "../node/real-server.ts";
import type { RealRerun } from "../setup/rerun.ts";
import { reportOf, waitUntilLoaded } from "./report-viewer.ts";
import { ViewerControl } from "./viewer-control.ts";
import type { ReportOptions, RunningViewer, ViewerReport } from "./viewer-report.ts";

/** Everything is drawn in software: small windows are faster. */
const SIZE = "800x500";
const START_MS = 60_000;
const CALL_MS = 60_000;
const POLL_MS = 50;

export interface NativeViewerOptions extends ReportOptions {
  /** Commands of the viewer, such as `ui.toggle_selection_panel`. */
  readonly commands?: readonly string[];
  /** The size of the window. Default: `"800x500"`. */
  readonly size?: string;
  /**
   * The number of seconds to wait before the images. Notices about the graphics driver disappear after some. Default:
   * 0.
   */
  readonly settleSeconds?: number;
}

/** Opens a recording (a file, or the address of a server) in the real native viewer, without a screen. */
export async function openInNativeViewer(
  real: RealRerun,
  recording: string,
  { size, commands = [], settleSeconds = 0, ...options }: NativeViewerOptions = {},
): Promise<ViewerReport> {
  const viewer = await startNativeViewer(real, size);
  try {
    await viewer.open(recording);
    for (const command of commands) await viewer.control.runCommand(command);
    if (settleSeconds > 0) {
      for (const time of options.images ?? []) await viewer.control.pause(time);
      await sleep(settleSeconds * 1000);
    }
    return await viewer.report(options);
  } finally {
    await viewer.close();
  }
}

/** Starts the real native viewer without a screen. It accepts logs at its `url`. */
export async function startNativeViewer(
  { rerun }: RealRerun,
  size: string = SIZE,
): Promise<RunningViewer & { readonly control: ViewerControl }> {
  const port = await freePort();
  const args = ["--headless", ...onLoopback(port), "--window-size", size];
  const viewer = spawn(rerun, args, { stdio: ["ignore", "ignore", "pipe"] });
  const kill = (): void => void viewer.kill();
  process.once("exit", kill);
  let log = "";
  viewer.stderr.on("data", (data) => (log += data));
  const ended = once(viewer, "close");
  const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}`, defaultTimeoutMs: CALL_MS });
  const client = createClient(ViewerControlService, transport);
  const control = new ViewerControl((request) => client.viewerControl(request));
  const close = async (): Promise<void> => {
    viewer.kill();
    await ended;
    process.off("exit", kill);
  };
  const withLog = (cause: unknown): never => {
    throw new Error(`${String(cause)}\n\nThe output of the native viewer:\n${log}`, { cause });
  };
  try {
    await firstState(control, () => viewer.exitCode !== null);
  } catch (error) {
    await close();
    withLog(error);
  }
  return {
    url: urlOf(port),
    control,
    open: (recording) => reopen(control, recording).catch(withLog),
    closeAll: () => control.closeAll(),
    async report(options) {
      const report = await reportOf(control, options, () => control.screenshot()).catch(withLog);
      return { ...report, errors: await control.errors() };
    },
    close,
  };
}

/** Waits until a viewer responds that has just started. */
async function firstState(control: ViewerControl, hasEnded: () => boolean): Promise<void> {
  for (const end = Date.now() + START_MS; ; await sleep(POLL_MS)) {
    try {
      await control.state();
      return;
    } catch (cause) {
      if (hasEnded()) throw new Error("the native viewer has ended", { cause });
      if (Date.now() > end) throw new Error("the native viewer does not respond", { cause });
    }
  }
}

async function reopen(control: ViewerControl, recording: string): Promise<void> {
  await control.closeAll();
  await control.open(recording);
  await waitUntilLoaded(control, () => undefined);
}
