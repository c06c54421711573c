import { checkMcap } from "@rerun-ts/mcap";
import { checkMcapFile } from "../command/arguments.ts";
import { print } from "../rrd/rrd-output.ts";
import { parseMcapArguments } from "./mcap-arguments.ts";
import { reportProblems, showingProgress, toJson } from "./mcap-progress.ts";
import { checkText } from "./mcap-text.ts";

/** Runs `rerun-ts mcap check`. */
export async function check(args: string[]): Promise<void> {
  const given = parseMcapArguments("check", args, { full: { type: "boolean" }, json: { type: "boolean" } });
  checkMcapFile(given.path);
  await showingProgress(given.path, async (onProgress) => {
    const report = await checkMcap(given.path, { full: given.has("full"), onProgress });
    await print(given.has("json") ? toJson(report) : checkText(given.path, report, given.has("full")));
    reportProblems(given, report.problems);
  });
}
