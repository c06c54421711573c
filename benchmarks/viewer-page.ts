import { ensureWebViewer } from "@rerun-ts/test-support/setup/web-viewer";
import { runPage } from "./chromium/run-page.ts";

const FRAMES = { full: 300, quick: 100 };
/** The longest time of the SDK in a frame. */
const GOAL_MS = 1.5;

/** The cost of a page that logs 100,000 points in each frame to the viewer in the same page. */
export interface ViewerPage {
  /** The time of the SDK in a frame, in milliseconds: the call of `log`, and the data for the viewer. Medians. */
  readonly logMs: number;
  readonly passMs: number;
  /** The frames of the page in a second. The viewer draws in the same thread, and limits them. */
  readonly framesPerSecond: number;
  /** The clouds that the SDK has dropped, by its own count. */
  readonly lostFrames: number;
}

/** Measures the SDK's part of a page with the real viewer. */
export async function measureViewerPage(size: "full" | "quick"): Promise<ViewerPage> {
  console.log("A page with 100,000 points in each frame, and the viewer …");
  const calls = FRAMES[size];
  const run = await runPage({ program: "w4-frames", calls, target: "viewer", viewerFolder: await ensureWebViewer() });
  return {
    logMs: median(run.blocked),
    passMs: median(run.passes ?? []),
    framesPerSecond: calls / run.seconds,
    lostFrames: run.droppedRows ?? NaN,
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Formats the measurements for a console. */
export function formatViewerPage({ logMs, passMs, framesPerSecond, lostFrames }: ViewerPage): string {
  const ms = logMs + passMs;
  const parts = `log ${logMs.toFixed(2)}, data for the viewer ${passMs.toFixed(2)}`;
  const goal = `goal ≤ ${GOAL_MS}: ${ms <= GOAL_MS ? "met" : "missed"}`;
  const frames = `${framesPerSecond.toFixed(1)} frames a second, ${lostFrames} lost`;
  return `100,000 points in each frame, with the viewer: ${ms.toFixed(2)} ms of the SDK (${parts}; ${goal}), ${frames}`;
}
