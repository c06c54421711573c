import { spawn } from "node:child_process";
import { join } from "node:path";
import { freePort } from "./free-port.mjs";
import { root, run } from "./run.mjs";

/**
 * What a viewer shows: what it logged as errors, the recordings with the type of each timeline and the components of
 * each entity, the views with what they report, and how many pixels of each picture have a strong colour.
 * @typedef {object} ViewerReport
 * @property {string[]} errors
 * @property {{ store_id: string, timelines: Record<string, string>, entities: Record<string, string[]> }[]} recordings
 * @property {{ view_id: string, view_class: string, name: string, origin: string, visible: boolean,
 *   reports: { severity: string, summary: string, details: string | null }[] }[]} views
 * @property {{ pixels: number, red: number, green: number, blue: number }[]} pictures
 */

/**
 * Opens a recording in the real native viewer, without a screen, and asks it what it shows.
 * @param {{ rerun: string, python: string }} programs the real `rerun` and its Python, as `ensureRerun` finds them
 * @param {string} file
 * @param {{ pictures?: object[], commands?: string[], size?: string }} options what to do first, and what to take
 * pictures of; see viewer_report.py
 * @returns {Promise<ViewerReport>}
 */
export async function openInViewer({ rerun, python }, file, { pictures = [], commands = [], size = "1280x800" } = {}) {
  const port = await freePort();
  const viewer = spawn(
    rerun,
    ["--headless", "--bind", "127.0.0.1", "--port", String(port), "--window-size", size, file],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let log = "";
  viewer.stderr.on("data", (data) => (log += data));
  const ended = new Promise((resolve) => viewer.on("close", resolve));
  try {
    const request = JSON.stringify({ port, pictures, commands });
    const script = join(root, "tools/lib/viewer_report.py");
    const { code, output } = await run(python, ["-B", script, request], { capture: true });
    const report = output.trim().split("\n").at(-1) ?? "";
    if (code !== 0) throw new Error(`the viewer does not answer:\n${output}\n${log}`);
    return JSON.parse(report);
  } finally {
    viewer.kill();
    await ended;
  }
}
