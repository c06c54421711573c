import type { PeerRun } from "./run-peers.ts";
import { alignTable } from "./table.ts";
import type { Workload } from "./workloads.ts";

/** The best of all runs of one SDK. */
interface Best {
  readonly callsPerSecond: number;
  readonly cpuPerCall: number | undefined;
  readonly blockedMs: number | undefined;
  readonly bytes: number | undefined;
  readonly peakBytes: number | undefined;
  readonly longestTaskMs: number | undefined;
}

/** The measurements of a workload. */
export interface Result {
  readonly name: string;
  readonly title: string;
  readonly ours: Best;
  readonly python: Best | undefined;
  readonly rust: Best | undefined;
  /** This SDK on Node, if the workload is read in a page. */
  readonly node: Best | undefined;
  /** Chromium alone with the same bytes, if a page sends them. */
  readonly platform: Best | undefined;
}

/** Takes the best of all runs of a workload, by the name of the SDK. */
export function summarize({ name, title }: Workload, runs: ReadonlyMap<string, readonly PeerRun[]>): Result {
  const bestOf = (peer: string): Best | undefined => {
    const own = runs.get(peer);
    return own === undefined ? undefined : best(own);
  };
  const ours = bestOf("rerun-ts");
  if (ours === undefined) throw new Error(`${name} was not measured`);
  return {
    name,
    title,
    ours,
    python: bestOf("Python"),
    rust: bestOf("Rust"),
    node: bestOf("Node"),
    platform: bestOf("Chromium"),
  };
}

function best(runs: readonly PeerRun[]): Best {
  const min = (valueOf: (run: PeerRun) => number | null | undefined): number | undefined => {
    const values = runs.map(valueOf).filter((value) => typeof value === "number");
    return values.length === 0 ? undefined : Math.min(...values);
  };
  return {
    callsPerSecond: Math.max(...runs.map(({ calls, seconds }) => calls / seconds)),
    cpuPerCall: min(({ calls, cpuSeconds }) => (cpuSeconds === undefined ? undefined : cpuSeconds / calls)),
    blockedMs: min(({ blockedMs }) => blockedMs),
    bytes: min(({ bytes }) => bytes),
    peakBytes: min(({ peakBytes }) => peakBytes),
    longestTaskMs: min(({ longestTaskMs }) => longestTaskMs),
  };
}

const COLUMNS: readonly (readonly [title: string, cell: (result: Result) => string])[] = [
  ["workload", ({ name, title }) => `${name} ${title}`],
  ["ours/s", ({ ours }) => rate(ours)],
  ["Python/s", ({ python }) => rate(python)],
  ["÷ Python", ({ ours, python }) => ratio(ours.callsPerSecond, python?.callsPerSecond)],
  ["CPU ÷", ({ ours, python }) => ratio(python?.cpuPerCall, ours.cpuPerCall)],
  ["Rust/s", ({ rust }) => rate(rust)],
  ["÷ Rust", ({ ours, rust }) => ratio(ours.callsPerSecond, rust?.callsPerSecond)],
  ["÷ Node", ({ ours, node }) => ratio(ours.callsPerSecond, node?.callsPerSecond)],
  ["÷ platform", ({ ours, platform }) => ratio(ours.callsPerSecond, platform?.callsPerSecond)],
  ["CPU ÷ platform", ({ ours, platform }) => ratio(platform?.cpuPerCall, ours.cpuPerCall)],
  ["MB", ({ ours, python }) => [ours, python].map((peer) => megabytes(peer?.bytes)).join(" / ")],
  ["ms in a call", ({ ours, python }) => [ours, python].map(milliseconds).join(" / ")],
  ["long task", ({ ours }) => longTask(ours)],
  ["peak MB", ({ ours, python }) => [ours, python].map((peer) => megabytes(peer?.peakBytes)).join(" / ")],
];

/** Formats the results for a console. Ratios above 1 are in favour of this SDK. */
export function formatTable(results: readonly Result[]): string {
  return alignTable(ratioCells(results));
}

/** The results as rows of cells; the first is the header. */
export function ratioCells(results: readonly Result[]): readonly (readonly string[])[] {
  const hasRust = results.some(({ rust }) => rust !== undefined);
  const hasNode = results.some(({ node }) => node !== undefined);
  const hasPlatform = results.some(({ platform }) => platform !== undefined);
  const columns = COLUMNS.filter(
    ([title]) =>
      (hasRust || !title.includes("Rust")) &&
      (hasNode || !/Node|long task/.test(title)) &&
      (hasPlatform || !title.includes("platform")),
  );
  return [columns.map(([title]) => title), ...results.map((result) => columns.map(([, cell]) => cell(result)))];
}

/**
 * Formats the results for programs. Ratios above 1 are in favour of this SDK; without results of the other SDK, ratios
 * are absent. `others`: further measurements.
 */
export function toJson(results: readonly Result[], others: Readonly<Record<string, unknown>>): string {
  const workloads = results.map(({ name, ours, python, rust, node, platform }) => ({
    name,
    ratioToPython: divide(ours.callsPerSecond, python?.callsPerSecond),
    cpuRatioToPython: divide(python?.cpuPerCall, ours.cpuPerCall),
    callsPerSecond: ours.callsPerSecond,
    blockedMs: ours.blockedMs,
    pythonBlockedMs: python?.blockedMs,
    pythonCallsPerSecond: python?.callsPerSecond,
    ratioToRust: divide(ours.callsPerSecond, rust?.callsPerSecond),
    ratioToNode: divide(ours.callsPerSecond, node?.callsPerSecond),
    ratioToPlatform: divide(ours.callsPerSecond, platform?.callsPerSecond),
    peakBytes: ours.peakBytes,
    longestTaskMs: ours.longestTaskMs,
  }));
  return `${JSON.stringify({ workloads, ...others }, null, 2)}\n`;
}

function divide(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b;
}

function ratio(a: number | undefined, b: number | undefined): string {
  const value = divide(a, b);
  return value === undefined ? "–" : `${value.toFixed(value < 10 ? 2 : 1)}×`;
}

function rate(peer: Best | undefined): string {
  if (peer === undefined) return "–";
  const { callsPerSecond } = peer;
  return callsPerSecond < 100 ? callsPerSecond.toPrecision(3) : Math.round(callsPerSecond).toLocaleString("en");
}

function milliseconds(peer: Best | undefined): string {
  return peer?.blockedMs?.toFixed(2) ?? "–";
}

function longTask({ longestTaskMs }: Best): string {
  if (longestTaskMs === undefined) return "–";
  return longestTaskMs === 0 ? "none > 50" : longestTaskMs.toFixed(0);
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? "–" : (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
