import { exportMcap, type ExportMcapReport } from "@rerun-ts/mcap";
import { checkRecording, UsageError } from "../command/arguments.ts";
import { checkOutput, writeOutput } from "../rrd/rrd-output.ts";
import { counted } from "../rrd/rrd-sources.ts";
import { parseMcapArguments } from "./mcap-arguments.ts";

/** Runs `rerun-ts mcap export`. */
export async function exportFile(args: string[]): Promise<void> {
  const given = parseMcapArguments("export", args, {
    output: { type: "string", short: "o" },
    timeline: { type: "string" },
    "recording-id": { type: "string" },
  });
  const output = given.text("output");
  if (output === undefined && process.stdout.isTTY)
    throw new UsageError("an MCAP file cannot be shown on a terminal: pass `-o FILE.mcap`");
  checkRecording(given.path);
  checkOutput(given.path, output);
  const onReport = ({ messages, leftOut }: ExportMcapReport): void => {
    console.error(`rerun-ts: exported ${counted(messages, "message")}`);
    for (const [name, count] of Object.entries(leftOut))
      console.error(`rerun-ts: ${name} has no message: left out ${counted(count, "row")}`);
  };
  const options = { timeline: given.text("timeline"), recordingId: given.text("recording-id"), onReport };
  await writeOutput(output, exportMcap(given.path, options));
}
