import { readFileSync } from "node:fs";

/**
 * The most memory that a process had so far, in megabytes; 0 if the process does not run, or the system does not report
 * its memory.
 */
export function peakMemoryOf(pid: number | undefined): number {
  try {
    const [, kilobytes = "0"] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Math.round(Number(kilobytes) / 1000);
  } catch {
    return 0;
  }
}
