import type { McapProblem } from "@rerun-ts/mcap";
import { showStatus } from "../command/status-line.ts";
import { describeBytes } from "@rerun-ts/node/files";

/** The file of a command, and whether the command goes on through damage. */
export interface McapSource {
  readonly path: string;
  readonly recover: boolean;
}

/** Prints the lost data. Without `--recover`, damage makes the command exit with status 1. */
export function reportProblems(given: McapSource, problems: readonly McapProblem[]): void {
  for (const { topic, time, reason } of problems) {
    const where = [topic, time === undefined ? undefined : `log time ${time}`].filter((part) => part !== undefined);
    console.error(`rerun-ts: ${given.path}${where.map((part) => `, ${part}`).join("")}: ${reason}`);
  }
  const isDamaged = problems.some(({ topic }) => topic === undefined);
  if (isDamaged && !given.recover) process.exitCode = 1;
}

/** JSON, with bigints as texts. */
export function toJson(value: object): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? String(item) : item), 2);
}

/** Runs a command with a status line that shows how much of the file is read. */
export async function showingProgress(
  path: string,
  run: (onProgress: (progress: { bytes: number; totalBytes: number }) => void) => Promise<void>,
): Promise<void> {
  let text = "";
  const stop = showStatus(() => text);
  try {
    await run(({ bytes, totalBytes }) => {
      text = `${path}: ${describeBytes(bytes)} of ${describeBytes(totalBytes)} read`;
    });
  } finally {
    stop();
  }
}
