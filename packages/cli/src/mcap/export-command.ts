import { exportMcap, type ExportMcapReport } from "@rerun-ts/mcap";
import { counted } from "@rerun-ts/core/util";
import type { ValuesOf } from "../command/command-table.ts";
import { checkRecording } from "../command/input-files.ts";
import { UsageError } from "../command/usage-error.ts";
import { checkOutput, writeOutput } from "../rrd/rrd-output.ts";
import type { EXPORT } from "./export-table.ts";

/** Runs `rerun-ts mcap export`. */
export async function exportFile(values: ValuesOf<typeof EXPORT>): Promise<void> {
  const {
    output,
    positionals: [path = ""],
  } = values;
  if (output === undefined && process.stdout.isTTY)
    throw new UsageError("an MCAP file cannot be shown on a terminal: pass `-o FILE.mcap`");
  checkRecording(path);
  checkOutput(path, output);
  const onReport = ({ messages, leftOut }: ExportMcapReport): void => {
    console.error(`rerun-ts: exported ${counted(messages, "message")}`);
    for (const [name, count] of Object.entries(leftOut))
      console.error(`rerun-ts: ${name} has no message: left out ${counted(count, "row")}`);
  };
  const options = { timeline: values.timeline, recordingId: values["recording-id"], onReport };
  await writeOutput(output, exportMcap(path, options));
}
