import { startServer } from "../tools/lib/rerun-server.mjs";
import { runPage } from "./chromium/run-page.mjs";

const FRAMES = { full: 600, quick: 120 };
const CLOUDS = 50;

/**
 * What logging costs the main thread of a page, in milliseconds.
 * @typedef {object} MainThread
 * @property {number} [perFrame] processor time for each frame, without what the same page takes that does not log
 * @property {number} median of the calls
 * @property {number} p99 99 of 100 calls are not longer
 * @property {number} longestCall
 * @property {number} longestTask of what the browser calls long tasks; 0 if none was over 50 ms
 */

/**
 * Measures, in fresh pages, 1,000 points at each frame of 60 a second, and 50 clouds of 2 MB, also one a frame.
 * @param {string | undefined} rerun the program, to send to; without it pages only log into memory
 * @param {"full" | "quick"} size
 * @returns {Promise<{ points: Record<string, MainThread>, clouds: Record<string, MainThread> }>}
 */
export async function measureMainThread(rerun, size) {
  console.log("The main thread of pages …");
  const server = rerun === undefined ? undefined : await startServer(rerun);
  try {
    const targets = { "into memory": "memory", ...(server === undefined ? {} : { "to a server": server.url }) };
    return {
      points: await measure("frames", FRAMES[size], targets),
      clouds: await measure("w4-frames", CLOUDS, targets),
    };
  } finally {
    await server?.stop();
  }
}

async function measure(workload, calls, targets) {
  const idle = await runPage({ workload, calls, target: "none" });
  const measured = {};
  for (const [name, target] of Object.entries(targets)) {
    const { blocked, longTasksMs, mainThreadSeconds } = await runPage({ workload, calls, target });
    const sorted = blocked.toSorted((a, b) => a - b);
    // A busy machine may let the page that does not log take more.
    const perFrame = (Math.max(0, mainThreadSeconds - idle.mainThreadSeconds) * 1000) / calls;
    measured[name] = {
      perFrame: Number.isNaN(perFrame) ? undefined : perFrame,
      median: sorted[sorted.length >> 1],
      p99: sorted[Math.floor(sorted.length * 0.99)],
      longestCall: sorted.at(-1),
      longestTask: Math.max(0, ...longTasksMs),
    };
  }
  return measured;
}

/** What was measured, as a table for people. */
export function formatMainThread({ points, clouds }) {
  const rows = [["main thread of a page, ms", "a frame", "a call: median", "p99", "longest", "longest task"]];
  for (const [title, measured] of Object.entries({
    "1,000 points at 60 Hz": points,
    "2 MB at 60 Hz, 100 MB": clouds,
  })) {
    for (const [target, one] of Object.entries(measured)) {
      const { perFrame, median, p99, longestCall, longestTask } = one;
      const task = longestTask === 0 ? "none > 50" : longestTask.toFixed(0);
      const numbers = [perFrame, median, p99, longestCall].map((value) => value?.toFixed(2) ?? "–");
      rows.push([`${title}, ${target}`, ...numbers, task]);
    }
  }
  const widths = rows[0].map((_, index) => Math.max(...rows.map((row) => row[index].length)));
  const align = (cell, index) => (index === 0 ? cell.padEnd(widths[index]) : cell.padStart(widths[index]));
  return rows.map((row) => row.map(align).join("  ")).join("\n");
}
