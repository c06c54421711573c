import { UsageError, helpOf, isArgumentError, unknownName } from "../arguments.ts";
import { printBlueprint } from "./blueprint-command.ts";
import { compare } from "./compare-command.ts";
import { optimize } from "./optimize-command.ts";
import { migrate } from "./migrate-command.ts";
import { printMessages } from "./print-command.ts";
import { query } from "./query-command.ts";
import { OUTPUT, parseRrdArguments, SWITCH, type Flags, type RrdArguments } from "./rrd-arguments.ts";
import { print, writeOutput } from "./rrd-output.ts";
import { counted, nameOf, showingProgress, sourcesOf, warnOf, writingOptions, type Sources } from "./rrd-sources.ts";
import { split } from "./split-command.ts";
import { stats } from "./stats-command.ts";
import { loadTool, type ToolOptions } from "./rrd-tools.ts";
import type { PartLoaders } from "../arrow-tools.ts";

type Command = (args: string[]) => Promise<void>;
type Writer<Tools> = (
  tools: Tools,
  sources: Sources,
  given: RrdArguments,
  options: ToolOptions,
) => AsyncIterable<Uint8Array>;

const COMMANDS: Readonly<Record<string, Command>> = {
  print: printMessages,
  stats,
  verify,
  compare,
  query,
  blueprint: printBlueprint,
  split,
  migrate,
  optimize,
  merge: writing(
    {},
    (parts) => parts.loadMergeRrd(),
    (tools, sources, _, options) => tools.mergeRrd(sources, options),
  ),
  repair: writing(
    {},
    (parts) => parts.loadMergeRrd(),
    (tools, sources, given, { onProgress }) =>
      tools.repairRrd(sources, {
        onProgress,
        onReport: ({ chunks, lostBytes, damage }) => {
          warnOf(given, damage);
          console.error(`rerun-ts: found ${counted(chunks, "whole chunk")}, lost ${counted(lostBytes, "byte")}`);
        },
      }),
  ),
  filter: writing(
    {
      "drop-timeline": { type: "string", multiple: true },
      "drop-entity": { type: "string", multiple: true },
      contents: { type: "string", multiple: true },
    },
    (parts) => parts.loadFilterRrd(),
    (tools, sources, given, options) =>
      tools.filterRrd(sources, {
        ...options,
        dropTimelines: given.texts("drop-timeline"),
        dropEntities: given.texts("drop-entity"),
        contents: given.texts("contents").length > 0 ? given.texts("contents") : undefined,
      }),
  ),
  route: writing(
    { "application-id": { type: "string" }, "recording-id": { type: "string" } },
    (parts) => parts.loadRouteRrd(),
    (tools, sources, given, options) =>
      tools.routeRrd(sources, {
        ...options,
        applicationId: given.text("application-id"),
        recordingId: given.text("recording-id"),
      }),
  ),
};

/** Runs `rerun-ts rrd COMMAND …`. @throws {UsageError} if the command or a flag is wrong */
export async function rrd([name, ...args]: string[]): Promise<void> {
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (name === undefined || name === "help") return print(await helpOf("rrd"));
  const commands = Object.keys(COMMANDS);
  if (command === undefined) {
    const { message } = unknownName(
      "command",
      `rrd ${name}`,
      commands.map((known) => `rrd ${known}`),
    );
    throw new UsageError(`${message}; there are: ${commands.join(", ")}`);
  }
  try {
    await command(args);
  } catch (error) {
    if (isArgumentError(error)) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** A command that writes one recording. */
function writing<Tools>(flags: Flags, load: (from: PartLoaders) => Promise<Tools>, write: Writer<Tools>): Command {
  return async (args) => {
    const given = parseRrdArguments(args, { ...OUTPUT, ...flags });
    const output = given.text("output");
    if (output === undefined && process.stdout.isTTY)
      throw new UsageError("a recording cannot be shown on a terminal: pass `-o FILE.rrd`");
    const tools = await loadTool(load);
    await showingProgress(given, (onProgress) =>
      writeOutput(output, write(tools, sourcesOf(given), given, { ...writingOptions(given), onProgress })),
    );
  };
}

async function verify(args: string[]): Promise<void> {
  const given = parseRrdArguments(args, { "check-footers": SWITCH });
  const checkFooters = given.isOn("check-footers") ?? true;
  const { verifyRrd } = await loadTool((parts) => parts.loadVerifyRrd());
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
  if (given.has("json")) await print(JSON.stringify(reports, undefined, 2));
  for (const { file, problems } of bad) {
    for (const { reason, offset } of problems)
      console.error(`rerun-ts: ${file}${offset === undefined ? "" : ` at byte ${offset}`}: ${reason}`);
  }
  if (bad.length > 0) process.exitCode = 1;
  else if (!given.has("json")) console.error(`${counted(reports.length, "file")} verified without error.`);
}
