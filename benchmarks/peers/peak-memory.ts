import { existsSync, readFileSync } from "node:fs";

const STATUS = "/proc/self/status";

/**
 * The peak memory of this process in bytes. On Linux, `resourceUsage` includes the peak of the process which has
 * started this process, so this function reads the kernel's own record there.
 */
export function peakMemory(): number {
  const status = existsSync(STATUS) ? readFileSync(STATUS, "utf8") : "";
  const kilobytes = /^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Number(kilobytes) * 1024;
}
