import { mcapInfo } from "@rerun-ts/mcap";
import type { ValuesOf } from "../command/command-table.ts";
import { checkMcapFile } from "../command/input-files.ts";
import { print } from "../rrd/rrd-output.ts";
import type { INFO } from "./info-table.ts";
import { reportProblems, showingProgress, toJson } from "./mcap-progress.ts";
import { infoText } from "./mcap-text.ts";

/** Runs `rerun-ts mcap info`. */
export async function info(values: ValuesOf<typeof INFO>): Promise<void> {
  const [path = ""] = values.positionals;
  checkMcapFile(path);
  await showingProgress(path, async (onProgress) => {
    const found = await mcapInfo(path, { onProgress });
    await print(values.json ? toJson(found) : infoText(path, found));
    reportProblems(
      { ...values, path },
      found.damage.map((reason) => ({
        topic: undefined,
        time: undefined,
        reason: `damaged at ${reason}`,
        messages: 0,
      })),
    );
  });
}
