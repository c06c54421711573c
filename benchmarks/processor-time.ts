import { readFile } from "node:fs/promises";

/** The unit of processor times in `/proc`. */
const TICK_MICROS = 10_000;

/** The processor time of a process so far, in microseconds. Linux only. */
export async function processorTimeOf(pid: number | undefined): Promise<number> {
  const [, rest = ""] = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ");
  const fields = rest.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
}
