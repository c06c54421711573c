#!/usr/bin/env node
import { RERUN_VERSION, VERSION, isRerunError } from "@rerun-ts/core";
import { HELP } from "./help.ts";
import { inFlags } from "./in-flags.ts";
import { messageOf } from "@rerun-ts/core/checks";
import { UsageError, isArgumentError, unknownName } from "./arguments.ts";

/** The commands by name; each is loaded only when it runs. */
const COMMANDS: Readonly<Record<string, () => Promise<(args: string[]) => Promise<void>>>> = {
  serve: async () => (await import("./serve-command.ts")).serve,
  rrd: async () => (await import("./rrd/rrd-command.ts")).rrd,
  view: async () => (await import("./view-command.ts")).view,
};

/** The codes of errors whose messages name options, besides `TypeError`. */
const OPTION_CODES: readonly string[] = ["LISTEN_FAILED", "INVALID_ARGUMENT"];

/** Exit codes besides 0. */
const FAILURE = 1;
const WRONG_USAGE = 2;

async function main([name, ...args]: string[]): Promise<void> {
  if (name === "--version" || name === "-V") return print(`rerun-ts ${VERSION}, for Rerun ${RERUN_VERSION}`);
  if (name === undefined || name === "help" || name === "--help" || name === "-h")
    return print(HELP[args[0] ?? ""] ?? HELP[""]);
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) throw unknownName("command", name, Object.keys(COMMANDS));
  if (args.includes("--help") || args.includes("-h")) return print(HELP[name]);
  const command = await load();
  await command(args);
}

function print(text: string | undefined): void {
  console.log(text ?? "");
}

const [command = ""] = process.argv.slice(2);
try {
  await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  const isArgument = isArgumentError(error);
  // Other errors may quote names of the data.
  const isAboutOptions = isUsage || isArgument || (isRerunError(error) && OPTION_CODES.includes(error.code));
  const message = messageOf(error);
  console.error(`rerun-ts: ${isAboutOptions ? inFlags(command, message) : message}`);
  const isCommand = Object.hasOwn(COMMANDS, command);
  if (isUsage) console.error(`Run \`rerun-ts ${isCommand ? `${command} ` : ""}--help\` for usage.`);
  else if (!isRerunError(error) && !isArgument) console.error(error);
  process.exitCode = isUsage || isArgument ? WRONG_USAGE : FAILURE;
}
