import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { freePort } from "../node/free-port.ts";
import { onLoopback } from "../node/real-server.ts";
import { run } from "../node/run.ts";
import type { RealRerun } from "../setup/rerun.ts";
import type { ViewerImage, ViewerReport } from "./viewer-report.ts";

const SCRIPT = join(import.meta.dirname, "viewer_report.py");

/** Options for the native viewer. */
export interface NativeViewerOptions {
  /** The images to take. */
  readonly images?: readonly NativeViewerImage[];
  /** Commands of the viewer, such as `ui.toggle_selection_panel`. */
  readonly commands?: readonly string[];
  /** The size of the window. Default: `"1280x800"`. */
  readonly size?: string;
}

/** An image to take of the native viewer. */
export interface NativeViewerImage extends ViewerImage {
  /** The number of seconds to wait until the viewer has drawn. Default: 1. */
  readonly settleSeconds?: number;
}

/** Opens a recording (a file, or the address of a server) in the real native viewer, without a screen. */
export async function openInNativeViewer(
  { rerun, python }: RealRerun,
  recording: string,
  { images = [], commands = [], size = "1280x800" }: NativeViewerOptions = {},
): Promise<ViewerReport> {
  const port = await freePort();
  const args = ["--headless", ...onLoopback(port), "--window-size", size, recording];
  const viewer = spawn(rerun, args, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  viewer.stderr.on("data", (data) => (log += data));
  const ended = once(viewer, "close");
  try {
    const request = JSON.stringify({ port, images, commands });
    const { code, output } = await run(python, ["-B", SCRIPT, request], { capture: true });
    if (code !== 0) throw new Error(`the viewer does not answer:\n${output}\n${log}`);
    return JSON.parse(output.trim().split("\n").at(-1) ?? "") as ViewerReport;
  } finally {
    viewer.kill();
    await ended;
  }
}
