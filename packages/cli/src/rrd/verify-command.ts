import { verifyRrd } from "@rerun-ts/reading";
import { counted } from "@rerun-ts/core/util";
import type { ValuesOf } from "../command/command-table.ts";
import { withPaths } from "./rrd-arguments.ts";
import { print } from "./rrd-output.ts";
import { nameOf, showingProgress, sourcesOf } from "./rrd-sources.ts";
import type { VERIFY } from "./verify-table.ts";

/** Runs `rerun-ts rrd verify`, which ends with 1 if a file has problems. */
export async function verify(values: ValuesOf<typeof VERIFY>): Promise<void> {
  const given = withPaths(values);
  const { "check-footers": checkFooters = true } = given;
  const reports: {
    file: string;
    chunks: number;
    problems: readonly { reason: string; offset: number | undefined }[];
  }[] = [];
  await showingProgress(given, async (onProgress) => {
    for (const [source, input] of sourcesOf(given).entries()) {
      const report = await verifyRrd(input, {
        checkFooters,
        onProgress: (progress) => onProgress({ ...progress, source }),
      });
      reports.push({ file: nameOf(given, source), ...report });
    }
  });
  const bad = reports.filter(({ problems }) => problems.length > 0);
  if (given.json) await print(JSON.stringify(reports, undefined, 2));
  for (const { file, problems } of bad) {
    for (const { reason, offset } of problems)
      console.error(`rerun-ts: ${file}${offset === undefined ? "" : ` at byte ${offset}`}: ${reason}`);
  }
  if (bad.length > 0) process.exitCode = 1;
  else if (!given.json) console.error(`${counted(reports.length, "file")} verified without error.`);
}
