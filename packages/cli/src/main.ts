#!/usr/bin/env node
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { RERUN_VERSION, VERSION, isRerunError } from "@rerun-ts/core";
import { describeWithFlag } from "./describe-with-flag.ts";
import { helpOf, isArgumentError, isUsageError, unknownName } from "./command/arguments.ts";

/** The commands by name. Each command is loaded only when it runs. */
const COMMANDS: Readonly<Record<string, () => Promise<(args: string[]) => Promise<void>>>> = {
  serve: async () => (await import("./serve-command.ts")).serve,
  rrd: async () => (await import("./rrd/rrd-command.ts")).rrd,
  seal: async () => (await import("./seal-command.ts")).seal,
  push: async () => (await import("./cloud-commands.ts")).loadCloudCommand("push"),
  ingest: async () => (await import("./cloud-commands.ts")).loadCloudCommand("ingest"),
  parts: async () => (await import("./cloud-commands.ts")).loadCloudCommand("parts"),
  fleet: async () => (await import("./cloud-commands.ts")).loadCloudCommand("fleet"),
  compact: async () => (await import("./cloud-commands.ts")).loadCloudCommand("compact"),
  mcap: async () => (await import("./mcap/mcap-command.ts")).mcap,
  download: async () => (await import("./download/download-command.ts")).download,
  catalog: async () => (await import("./catalog/catalog-command.ts")).catalog,
  server: async () => (await import("./server-command.ts")).server,
  view: async () => (await import("./view-command.ts")).view,
  "viewer-files": async () => (await import("./viewer-files-command.ts")).viewerFiles,
  link: async () => (await import("./link-command.ts")).link,
};

/** Exit codes besides 0. */
const FAILURE = 1;
const WRONG_USAGE = 2;

// The code of commands is compiled once, not at each start. Node 20 lacks this.
(nodeModule as { enableCompileCache?: () => void }).enableCompileCache?.();

async function main([name, ...args]: string[]): Promise<void> {
  if (name === "--version" || name === "-V") return print(`rerun-ts ${VERSION}, for Rerun ${RERUN_VERSION}`);
  if (name === undefined || name === "help" || name === "--help" || name === "-h")
    return print((await helpOf(args[0] ?? "")) || (await helpOf("")));
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined && isViewable(name)) return (await import("./view-command.ts")).view([name, ...args]);
  if (load === undefined) throw unknownName("command", name, Object.keys(COMMANDS));
  if (args.includes("--help") || args.includes("-h")) return print(await helpOf(name, args[0]));
  const command = await load();
  await command(args);
}

/** Whether an argument in the place of a command is a file, a folder or a server, as those of `rerun FILE`. */
function isViewable(name: string): boolean {
  return /^[a-z][a-z+]*:\/\//i.test(name) || /\.(?:rrd|rbl)$/i.test(name) || existsSync(name);
}

function print(text: string): void {
  console.log(text);
}

const [command = ""] = process.argv.slice(2);
try {
  await main(process.argv.slice(2));
} catch (error) {
  const isUsage = isUsageError(error);
  const isArgument = isArgumentError(error);
  console.error(`rerun-ts: ${describeWithFlag(command, error)}`);
  const isCommand = Object.hasOwn(COMMANDS, command);
  if (isUsage) console.error(`Run \`rerun-ts ${isCommand ? `${command} ` : ""}--help\` for usage.`);
  else if (!isRerunError(error) && !isArgument) console.error(error);
  process.exitCode = isUsage || isArgument ? WRONG_USAGE : FAILURE;
}
