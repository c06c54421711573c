import { RealServer } from "@rerun-ts/test-support/node/real-server";
import { runPage, type PageOptions, type PageRun } from "./chromium/run-page.ts";
import { alignTable } from "./table.ts";

const ROUNDS = { full: 3, quick: 2 };
const FRAMES = { full: 300, quick: 120 };
const CLOUDS = 50;
const CANVAS_FRAMES = { full: 90, quick: 45 };
/** The processor time of a frame that is to be undercut where a worker sends. */
const GOAL_MS = 1;

/** The cost of logging for the main thread of a page, in milliseconds. */
export interface MainThread {
  /** Processor time of each frame, beyond the time of the same page without logging: the least of all runs. */
  readonly perFrame: number | undefined;
  /** The limit of `perFrame`, if the project has such a goal. */
  readonly goal: number | undefined;
  /** Of the calls: the least median of all runs, and the longest of all. */
  readonly median: number | undefined;
  readonly longestCall: number | undefined;
  /** The longest of the browser's long tasks; 0 if no task of any run took more than 50 ms. */
  readonly longestTask: number;
}

/** The destination to which a page logs. */
type Target = Pick<PageOptions, "target" | "usesWorker">;

/** The measurements of each workload, by the destination to which the page logs. */
export interface MainThreadResults {
  /** 1,000 points in each frame, 60 times a second. */
  readonly points: Readonly<Record<string, MainThread>>;
  /** A canvas of 1280×720, 30 times a second. */
  readonly canvas: Readonly<Record<string, MainThread>>;
  /** A cloud of 2 MB in each of 50 frames. */
  readonly clouds: Readonly<Record<string, MainThread>>;
}

/**
 * Measures the cost of logging for the main thread, in new pages that take turns.
 * @param rerun the path of the program that receives the data; without it, pages only log into memory
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
    const rounds = ROUNDS[size];
    return {
      points: await measure("frames", FRAMES[size], targets, rounds, GOAL_MS),
      canvas: await measure("canvas", CANVAS_FRAMES[size], targets, rounds, GOAL_MS),
      clouds: await measure("w4-frames", CLOUDS, targets, rounds),
    };
  } finally {
    await server?.stop();
  }
}

async function measure(
  program: string,
  calls: number,
  targets: Readonly<Record<string, Target>>,
  rounds: number,
  goal?: number,
): Promise<Record<string, MainThread>> {
  const all: Readonly<Record<string, Target>> = { ...targets, idle: { target: "none" } };
  const runs: Record<string, PageRun[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, target] of Object.entries(all)) {
      const run = await runPage({ program, calls, ...target });
      (runs[name] ??= []).push(run);
    }
  }
  const idleSeconds = leastMainThread(runs["idle"] ?? []);
  const measured: Record<string, MainThread> = {};
  for (const [name, { usesWorker }] of Object.entries(targets)) {
    const own = runs[name] ?? [];
    const sorted = own.map(({ blocked }) => blocked.toSorted((a, b) => a - b)).filter(({ length }) => length > 0);
    measured[name] = {
      perFrame: perFrame(leastMainThread(own), idleSeconds, calls),
      goal: usesWorker === true ? goal : undefined,
      median: least(sorted.map((times) => times[times.length >> 1])),
      longestCall: sorted.length === 0 ? undefined : Math.max(...sorted.map((times) => times.at(-1) ?? 0)),
      longestTask: Math.max(0, ...own.flatMap(({ longTasksMs }) => longTasksMs)),
    };
  }
  return measured;
}

function leastMainThread(runs: readonly PageRun[]): number | undefined {
  return least(runs.map(({ mainThreadSeconds }) => mainThreadSeconds));
}

function least(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function perFrame(seconds: number | undefined, idleSeconds: number | undefined, calls: number): number | undefined {
  if (seconds === undefined || idleSeconds === undefined) return undefined;
  // On a busy machine, the page without logging may take longer.
  return (Math.max(0, seconds - idleSeconds) * 1000) / calls;
}

/** Formats the measurements for a console. */
export function formatMainThread({ points, canvas, clouds }: MainThreadResults): string {
  const rows = [["main thread of a page, ms", "a frame", "goal", "a call: median", "longest", "longest task"]];
  const titles = {
    "1,000 points at 60 Hz": points,
    "canvas, 720p at 30 Hz": canvas,
    "2 MB at 60 Hz, 100 MB": clouds,
  };
  for (const [title, measured] of Object.entries(titles)) {
    for (const [target, one] of Object.entries(measured)) {
      const [frame, median, longest] = [one.perFrame, one.median, one.longestCall].map(
        (value) => value?.toFixed(2) ?? "–",
      ) as [string, string, string];
      const task = one.longestTask === 0 ? "none > 50" : one.longestTask.toFixed(0);
      rows.push([`${title}, ${target}`, frame, formatGoal(one), median, longest, task]);
    }
  }
  return alignTable(rows);
}

function formatGoal({ perFrame: cost, goal }: MainThread): string {
  if (cost === undefined || goal === undefined) return "";
  return `< ${goal}: ${cost < goal ? "met" : "missed"}`;
}
