import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { runPage, type PageOptions } from "./chromium/run-page.ts";
import { alignTable } from "./table.ts";

const FRAMES = { full: 600, quick: 120 };
const CLOUDS = 50;

/** What logging costs the main thread of a page, in milliseconds. */
export interface MainThread {
  /** Processor time of each frame, beyond that of the same page without logging. */
  readonly perFrame: number | undefined;
  /** Of the calls. */
  readonly median: number | undefined;
  readonly p99: number | undefined;
  readonly longestCall: number | undefined;
  /** Of what the browser calls long tasks; 0 if no task took more than 50 ms. */
  readonly longestTask: number;
}

/** Where a page logs to. */
type Target = Pick<PageOptions, "target" | "usesWorker">;

/** What was measured of each workload, by where the page logs to. */
export interface MainThreadResults {
  /** 1,000 points in each frame, 60 times a second. */
  readonly points: Readonly<Record<string, MainThread>>;
  /** A cloud of 2 MB in each of 50 frames. */
  readonly clouds: Readonly<Record<string, MainThread>>;
}

/**
 * Measures what logging costs the main thread, in new pages.
 * @param rerun the path of the program, to send to; without it, pages only log into memory
 */
export async function measureMainThread(rerun: string | undefined, size: "full" | "quick"): Promise<MainThreadResults> {
  console.log("The main thread of pages …");
  const server = rerun === undefined ? undefined : await RealServer.start(rerun);
  try {
    const targets: Readonly<Record<string, Target>> = {
      "into memory": { target: "memory" },
      ...(server !== undefined && {
        "to a server": { target: server.url },
        "to a server, from a worker": { target: server.url, usesWorker: true },
      }),
    };
    return {
      points: await measure("frames", FRAMES[size], targets),
      clouds: await measure("w4-frames", CLOUDS, targets),
    };
  } finally {
    await server?.stop();
  }
}

async function measure(
  program: string,
  calls: number,
  targets: Readonly<Record<string, Target>>,
): Promise<Record<string, MainThread>> {
  const idle = await runPage({ program, calls, target: "none" });
  const measured: Record<string, MainThread> = {};
  for (const [name, target] of Object.entries(targets)) {
    const { blocked, longTasksMs, mainThreadSeconds } = await runPage({ program, calls, ...target });
    const sorted = blocked.toSorted((a, b) => a - b);
    measured[name] = {
      perFrame: perFrame(mainThreadSeconds, idle.mainThreadSeconds, calls),
      median: sorted[sorted.length >> 1],
      p99: sorted[Math.floor(sorted.length * 0.99)],
      longestCall: sorted.at(-1),
      longestTask: Math.max(0, ...longTasksMs),
    };
  }
  return measured;
}

function perFrame(seconds: number | undefined, idleSeconds: number | undefined, calls: number): number | undefined {
  if (seconds === undefined || idleSeconds === undefined) return undefined;
  // On a busy machine, the page without logging may take longer.
  return (Math.max(0, seconds - idleSeconds) * 1000) / calls;
}

/** Formats what was measured for a console. */
export function formatMainThread({ points, clouds }: MainThreadResults): string {
  const rows = [["main thread of a page, ms", "a frame", "a call: median", "p99", "longest", "longest task"]];
  const titles = { "1,000 points at 60 Hz": points, "2 MB at 60 Hz, 100 MB": clouds };
  for (const [title, measured] of Object.entries(titles)) {
    for (const [target, one] of Object.entries(measured)) {
      const numbers = [one.perFrame, one.median, one.p99, one.longestCall].map((value) => value?.toFixed(2) ?? "–");
      rows.push([`${title}, ${target}`, ...numbers, one.longestTask === 0 ? "none > 50" : one.longestTask.toFixed(0)]);
    }
  }
  return alignTable(rows);
}
