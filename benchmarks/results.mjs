/** What was measured of one workload: the best of all runs, for each peer. */
export function summarize({ name, title }, runsByPeer) {
  const best = Object.fromEntries([...runsByPeer].map(([peer, runs]) => [peer, bestOf(runs)]));
  return { name, title, ours: best["rerun-ts"], python: best.Python, rust: best.Rust };
}

function bestOf(runs) {
  return {
    callsPerSecond: Math.max(...runs.map(({ calls, seconds }) => calls / seconds)),
    cpuPerCall: Math.min(...runs.map(({ calls, cpuSeconds }) => cpuSeconds / calls)),
    blockedMs: typeof runs[0].blockedMs !== "number" ? undefined : Math.min(...runs.map(({ blockedMs }) => blockedMs)),
    bytes: runs[0].bytes,
    peakBytes: Math.min(...runs.map(({ peakBytes }) => peakBytes)),
  };
}

const COLUMNS = [
  ["workload", ({ name, title }) => `${name} ${title}`],
  ["ours/s", ({ ours }) => rate(ours)],
  ["Python/s", ({ python }) => rate(python)],
  ["÷ Python", ({ ours, python }) => ratio(ours?.callsPerSecond, python?.callsPerSecond)],
  ["CPU ÷", ({ ours, python }) => ratio(python?.cpuPerCall, ours?.cpuPerCall)],
  ["Rust/s", ({ rust }) => rate(rust)],
  ["÷ Rust", ({ ours, rust }) => ratio(ours?.callsPerSecond, rust?.callsPerSecond)],
  ["MB", ({ ours, python }) => [ours, python].map((peer) => megabytes(peer?.bytes)).join(" / ")],
  ["ms in a call", ({ ours, python }) => [ours, python].map(milliseconds).join(" / ")],
  ["peak MB", ({ ours, python }) => [ours, python].map((peer) => megabytes(peer?.peakBytes)).join(" / ")],
];

/** The results as a table for people. Ratios above 1 speak for this SDK. */
export function formatTable(results) {
  const hasRust = results.some(({ rust }) => rust !== undefined);
  const columns = COLUMNS.filter(([title]) => hasRust || !title.includes("Rust"));
  const rows = [columns.map(([title]) => title), ...results.map((result) => columns.map(([, cell]) => cell(result)))];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index].length)));
  const align = (cell, index) => (index === 0 ? cell.padEnd(widths[index]) : cell.padStart(widths[index]));
  return rows.map((row) => row.map(align).join("  ")).join("\n");
}

/** The results for programs. Ratios above 1 speak for this SDK; without a peer they are absent. */
export function toJson(results, mainThread, relay) {
  const workloads = results.map(({ name, ours, python, rust }) => ({
    name,
    ratioToPython: divide(ours.callsPerSecond, python?.callsPerSecond),
    cpuRatioToPython: divide(python?.cpuPerCall, ours.cpuPerCall),
    callsPerSecond: ours.callsPerSecond,
    blockedMs: ours.blockedMs,
    pythonBlockedMs: python?.blockedMs,
    pythonCallsPerSecond: python?.callsPerSecond,
    ratioToRust: divide(ours.callsPerSecond, rust?.callsPerSecond),
  }));
  return `${JSON.stringify({ workloads, mainThread, relay }, null, 2)}\n`;
}

function divide(a, b) {
  const quotient = a === undefined || b === undefined ? NaN : a / b;
  return Number.isNaN(quotient) ? undefined : quotient;
}

function ratio(a, b) {
  const value = divide(a, b);
  return value === undefined ? "–" : `${value.toFixed(value < 10 ? 2 : 1)}×`;
}

function rate(peer) {
  return peer === undefined ? "–" : Math.round(peer.callsPerSecond).toLocaleString("en");
}

function milliseconds(peer) {
  return peer?.blockedMs === undefined ? "–" : peer.blockedMs.toFixed(2);
}

function megabytes(bytes) {
  return typeof bytes !== "number" ? "–" : (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
