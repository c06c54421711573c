import { checkMcap } from "@rerun-ts/mcap";
import type { ValuesOf } from "../command/command-table.ts";
import { checkMcapFile } from "../command/input-files.ts";
import { print } from "../rrd/rrd-output.ts";
import type { CHECK } from "./check-table.ts";
import { reportProblems, showingProgress, toJson } from "./mcap-progress.ts";
import { checkText } from "./mcap-text.ts";

/** Runs `rerun-ts mcap check`. */
export async function check(values: ValuesOf<typeof CHECK>): Promise<void> {
  const [path = ""] = values.positionals;
  checkMcapFile(path);
  await showingProgress(path, async (onProgress) => {
    const report = await checkMcap(path, { full: values.full, onProgress });
    await print(values.json ? toJson(report) : checkText(path, report, values.full));
    reportProblems({ ...values, path }, report.problems);
  });
}
