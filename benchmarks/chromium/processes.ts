import { readdir, readFile } from "node:fs/promises";

const TICKS_PER_SECOND = 100;

/** The resources that a browser has used so far. */
export interface Usage {
  /** Processor time of all its processes. */
  readonly cpuSeconds: number;
  /** Processor time of the main threads of its pages. */
  readonly mainThreadSeconds: number;
  /** The most memory that a page had. */
  readonly peakBytes: number;
}

/** Measures the resources that a browser has used so far; on Linux only. */
export async function usageOf(pid: number): Promise<Usage | undefined> {
  if (process.platform !== "linux") return undefined;
  const usage = { cpuSeconds: 0, mainThreadSeconds: 0, peakBytes: 0 };
  for (const one of await descendants(pid)) {
    try {
      const { userTicks, systemTicks } = await readStat(one);
      usage.cpuSeconds += (userTicks + systemTicks) / TICKS_PER_SECOND;
      if (!(await readFile(`/proc/${one}/cmdline`, "utf8")).includes("--type=renderer")) continue;
      const [nanoseconds] = (await readFile(`/proc/${one}/task/${one}/schedstat`, "utf8")).split(" ");
      usage.mainThreadSeconds += Number(nanoseconds) / 1e9;
      const [, kilobytes] = /VmHWM:\s*(\d+)/.exec(await readFile(`/proc/${one}/status`, "utf8")) ?? [];
      usage.peakBytes = Math.max(usage.peakBytes, Number(kilobytes ?? 0) * 1024);
    } catch {
      // The process has just ended.
    }
  }
  return usage;
}

async function descendants(pid: number): Promise<ReadonlySet<number>> {
  const parents = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      parents.set(Number(name), (await readStat(Number(name))).parent);
    } catch {
      // The process has just ended.
    }
  }
  const found = new Set([pid]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const [child, parent] of parents) if (found.has(parent)) found.add(child);
  }
  return found;
}

async function readStat(pid: number): Promise<{ parent: number; userTicks: number; systemTicks: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name, in brackets, may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), userTicks: Number(fields[11]), systemTicks: Number(fields[12]) };
}
