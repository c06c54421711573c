#!/usr/bin/env node
import { RERUN_VERSION, VERSION, isRerunError } from "@rerun-ts/core";
import { HELP } from "./help.ts";
import { UsageError } from "./usage-error.ts";

/** Each command, loaded when it is asked for. */
const COMMANDS: Readonly<Record<string, () => Promise<(args: string[]) => Promise<void>>>> = {
  serve: async () => (await import("./serve-command.ts")).serve,
  view: async () => (await import("./view-command.ts")).view,
};

/** What ends programs well, and what is used wrongly. */
const FAILURE = 1;
const WRONG_USAGE = 2;

async function main([name, ...args]: string[]): Promise<void> {
  if (name === "--version" || name === "-V") return print(`rerun-ts ${VERSION}, for Rerun ${RERUN_VERSION}`);
  if (name === undefined || name === "help" || name === "--help" || name === "-h")
    return print(HELP[args[0] ?? ""] ?? HELP[""]);
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) throw new UsageError(`there is no command ${JSON.stringify(name)}`);
  if (args.includes("--help") || args.includes("-h")) return print(HELP[name]);
  const command = await load();
  await command(args);
}

function print(text: string | undefined): void {
  console.log(text ?? "");
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError || isParseError(error);
  const message = error instanceof Error ? error.message : String(error);
  console.error(`rerun-ts: ${message}`);
  if (isUsage) console.error("`rerun-ts --help` tells what there is.");
  else if (!isRerunError(error) && !(error instanceof TypeError)) console.error(error);
  process.exitCode = isUsage || error instanceof TypeError ? WRONG_USAGE : FAILURE;
}

/** What `parseArgs` throws at flags that do not exist, or lack a value. */
function isParseError(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_");
}
