import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { freePort } from "../node/free-port.ts";
import { onLoopback } from "../node/real-server.ts";
import { run } from "../node/run.ts";
import type { RealRerun } from "../setup/rerun.ts";
import type { RunningViewer, ViewerImage, ViewerReport } from "./viewer-report.ts";

const SCRIPT = join(import.meta.dirname, "viewer_report.py");

/** Options for the native viewer. */
export interface NativeViewerOptions {
  /** The images to take. */
  readonly images?: readonly NativeViewerImage[];
  /** Commands of the viewer, such as `ui.toggle_selection_panel`. */
  readonly commands?: readonly string[];
  /** The size of the window. Default: `"1280x800"`. */
  readonly size?: string;
  /** The views to wait for, each as `class name`, in alphabetical order. Default: it does not wait. */
  readonly views?: readonly string[];
}

/** An image to take of the native viewer. */
export interface NativeViewerImage extends ViewerImage {
  /** The number of seconds to wait until the viewer has drawn. Default: 1. */
  readonly settleSeconds?: number;
}

/** Opens a recording (a file, or the address of a server) in the real native viewer, without a screen. */
export async function openInNativeViewer(
  real: RealRerun,
  recording: string,
  { size, ...options }: NativeViewerOptions = {},
): Promise<ViewerReport> {
  const viewer = await startNativeViewer(real, size, [recording]);
  try {
    return await viewer.report(options);
  } finally {
    await viewer.close();
  }
}

/** Starts the real native viewer without a screen. It accepts logs at its `url`. */
export async function startNativeViewer(
  { rerun, python }: RealRerun,
  size: string = "1280x800",
  recordings: readonly string[] = [],
): Promise<RunningViewer> {
  const port = await freePort();
  const args = ["--headless", ...onLoopback(port), "--window-size", size, ...recordings];
  const viewer = spawn(rerun, args, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  viewer.stderr.on("data", (data) => (log += data));
  const ended = once(viewer, "close");
  return {
    url: `rerun+http://127.0.0.1:${port}/proxy`,
    async report({ images = [], commands = [], views }: Omit<NativeViewerOptions, "size">) {
      const request = JSON.stringify({ port, images, commands, views });
      const { code, output } = await run(python, ["-B", SCRIPT, request], { capture: true });
      if (code !== 0) throw new Error(`the viewer does not answer:\n${output}\n${log}`);
      return JSON.parse(output.trim().split("\n").at(-1) ?? "") as ViewerReport;
    },
    async close() {
      viewer.kill();
      await ended;
    },
  };
}
