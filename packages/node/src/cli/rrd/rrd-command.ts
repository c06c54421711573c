import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { integerOf, UsageError, isArgumentError, unknownName } from "../arguments.ts";
import { HELP } from "../help.ts";
import { printBlueprint } from "./blueprint-command.ts";
import { compare } from "./compare-command.ts";
import { optimize } from "./optimize-command.ts";
import { query } from "./query-command.ts";
import { onlyPath, parseRrdArguments, parseTime, type Flags, type RrdArguments } from "./rrd-arguments.ts";
import { print, writeOutput } from "./rrd-output.ts";
import {
  counted,
  nameOf,
  showingOptions,
  showingProgress,
  sourcesOf,
  warnOf,
  writingOptions,
  type Sources,
} from "./rrd-sources.ts";
import { loadTools, type RrdStats, type RrdTools, type ToolOptions } from "./rrd-tools.ts";

const OUTPUT: Flags = { output: { type: "string", short: "o" } };

type Command = (args: string[]) => Promise<void>;
type Writer = (
  tools: RrdTools,
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
  optimize,
  merge: writing({}, (tools, sources, _, options) => tools.mergeRrd(sources, options)),
  repair: writing({}, (tools, sources, given, { onProgress }) =>
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
  if (name === undefined) return print(HELP["rrd"] ?? "");
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
function writing(flags: Flags, write: Writer): Command {
  return async (args) => {
    const given = parseRrdArguments(args, { ...OUTPUT, ...flags });
    const output = given.text("output");
    if (output === undefined && process.stdout.isTTY)
      throw new UsageError("a recording cannot be shown on a terminal: pass `-o FILE.rrd`");
    const tools = await loadTools();
    await showingProgress(given, (onProgress) =>
      writeOutput(output, write(tools, sourcesOf(given), given, { ...writingOptions(given), onProgress })),
    );
  };
}

async function printMessages(args: string[]): Promise<void> {
  const given = parseRrdArguments(args, { entity: { type: "string" } });
  const { printRrd } = await loadTools();
  const entity = given.text("entity");
  async function* lines(): AsyncGenerator<string> {
    for await (const message of printRrd(sourcesOf(given), showingOptions(given))) {
      if (entity !== undefined && message.entityPath !== entity) continue;
      yield given.has("json") ? `${JSON.stringify(message)}\n` : `${textOf(message)}\n`;
    }
  }
  await writeOutput(undefined, lines());
}

type Printed = ReturnType<RrdTools["printRrd"]> extends AsyncGenerator<infer Message> ? Message : never;

function textOf({ kind, storeId, id, entityPath, numRows, timelines, components, bytes }: Printed): string {
  const store = `${storeId.kind} ${storeId.applicationId} ${storeId.recordingId}`;
  if (kind === "storeInfo") return `StoreInfo(${store})`;
  if (kind === "activation") return `BlueprintActivationCommand(${store})`;
  const index = timelines?.length === 0 ? "static" : (timelines ?? []).join(" ");
  return `Chunk(chunk_${id}) with ${numRows} rows (${bytes} B) - ${entityPath} - ${index} - data columns: [${components?.join(" ")}]`;
}

async function stats(args: string[]): Promise<void> {
  const given = parseRrdArguments(args, {});
  const { rrdStats } = await loadTools();
  let found = {} as RrdStats;
  await showingProgress(given, async (onProgress) => {
    found = await rrdStats(sourcesOf(given), { ...showingOptions(given), onProgress });
  });
  if (given.has("json")) return print(JSON.stringify(found, undefined, 2));
  const lines = (values: object, separator: string): string[] =>
    Object.entries(values).map(([name, value]) => `${name}${separator}${String(value)}`);
  const { numChunks, numEntityPaths, numRows, numStatic } = found;
  const overview = {
    num_chunks: numChunks,
    num_entity_paths: numEntityPaths,
    num_rows: numRows,
    num_static: numStatic,
  };
  const sections: [string, string[]][] = [
    ["Overview", lines(overview, " = ")],
    ["Num chunks per entity", lines(found.chunksPerEntity, ": ")],
    ["Num chunks per index", lines(found.chunksPerIndex, ": ")],
    ["Num chunks per component", lines(found.chunksPerComponent, ": ")],
    ["Size of messages, in bytes", lines(found.compressed, " = ")],
    ["Size of data without compression, in bytes", lines(found.uncompressed, " = ")],
  ];
  await print(sections.map(([title, body]) => [title, "-".repeat(title.length), ...body].join("\n")).join("\n\n"));
}

async function verify(args: string[]): Promise<void> {
  const given = parseRrdArguments(args, { "check-footers": { type: "string" } });
  const check = given.text("check-footers") ?? "true";
  if (check !== "true" && check !== "false")
    throw new UsageError(`\`--check-footers\` must be true or false, got ${JSON.stringify(check)}`);
  const { verifyRrd } = await loadTools();
  const reports: {
    file: string;
    chunks: number;
    problems: readonly { reason: string; offset: number | undefined }[];
  }[] = [];
  await showingProgress(given, async (onProgress) => {
    for (const [source, input] of sourcesOf(given).entries()) {
      const report = await verifyRrd(input, {
        checkFooters: check === "true",
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

async function split(args: string[]): Promise<void> {
  const given = parseRrdArguments(args, {
    ...OUTPUT,
    timeline: { type: "string" },
    time: { type: "string", short: "t", multiple: true },
    num: { type: "string", short: "n" },
    "recording-id": { type: "string" },
  });
  const [folder, timeline] = [given.text("output"), given.text("timeline")];
  if (folder === undefined || timeline === undefined)
    throw new UsageError("`rrd split` requires `--timeline TIMELINE` and `-o FOLDER`");
  const path = onlyPath(given, "split");
  const times = given.texts("time");
  const num = integerOf("--num", given.text("num"));
  if ((times.length === 0) === (num === undefined))
    throw new UsageError("exactly one of `--time` and `--num` must be given");
  const { splitRrd } = await loadTools();
  await mkdir(folder, { recursive: true });
  const parts = splitRrd(path, {
    ...writingOptions(given),
    timeline,
    times: times.length > 0 ? times.map((text) => parseTime("--time", text)) : undefined,
    parts: num,
    recordingId: given.text("recording-id"),
  });
  for await (const { from, to, bytes } of parts) {
    const file = join(folder, `${basename(path, ".rrd")}_${from}__${to}.rrd`);
    await writeOutput(file, bytes);
    console.error(`Wrote ${file}`);
  }
}
