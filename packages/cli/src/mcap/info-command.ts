import { mcapInfo } from "@rerun-ts/mcap";
import { checkMcapFile } from "../command/arguments.ts";
import { print } from "../rrd/rrd-output.ts";
import { parseMcapArguments } from "./mcap-arguments.ts";
import { reportProblems, showingProgress, toJson } from "./mcap-progress.ts";
import { infoText } from "./mcap-text.ts";

/** Runs `rerun-ts mcap info`. */
export async function info(args: string[]): Promise<void> {
  const given = parseMcapArguments("info", args, { json: { type: "boolean" } });
  checkMcapFile(given.path);
  await showingProgress(given.path, async (onProgress) => {
    const found = await mcapInfo(given.path, { onProgress });
    await print(given.has("json") ? toJson(found) : infoText(given.path, found));
    reportProblems(
      given,
      found.damage.map((reason) => ({
        topic: undefined,
        time: undefined,
        reason: `damaged at ${reason}`,
        messages: 0,
      })),
    );
  });
}
