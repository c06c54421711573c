#!/usr/bin/env node
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { RERUN_VERSION, VERSION, isRerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { findCacheFolder } from "@rerun-ts/node/processes";
import type { Flags } from "./command/command-table.ts";
import { contextOf } from "./command/context-of.ts";
import { describeError } from "./command/describe-error.ts";
import { oneLine } from "./command/one-line.ts";
import { parseTable } from "./command/parse-table.ts";
import { flagsOf } from "./command/status-flags.ts";
import { UsageError, isArgumentError, isUsageError, unknownName } from "./command/usage-error.ts";
import { COMMANDS, GROUPS, commandsOf } from "./commands.ts";

/** Exit codes besides 0. */
const FAILURE = 1;
const WRONG_USAGE = 2;

// The code of commands is compiled once, not at each start. Node 20 lacks this. Node's own folder may belong to another
// user, who could put code there.
const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => void };
const compiled = enableCompileCache && findCacheFolder("compiled");
if (compiled !== undefined) enableCompileCache?.(compiled);

/** The command of the command line, for messages. */
let command = "";
let flags: Flags = {};

async function main(args: readonly string[]): Promise<void> {
  const [first, ...rest] = args;
  if (first === "--version" || first === "-V") return print(`rerun-ts ${VERSION}, for Rerun ${RERUN_VERSION}`);
  if (first === undefined || first === "--help" || first === "-h") return help([]);
  if (first === "help") return help(rest);
  const [name, given] = commandOf(args);
  if (rest.includes("--help") || rest.includes("-h")) return help(name === undefined ? [first] : name.split(" "));
  if (name === undefined) {
    if (rest.length === 0 && (await GROUPS[first]?.())?.needsCommand === true)
      throw new UsageError(`\`${first}\` requires a command; there are: ${commandsOf(first).join(", ")}`);
    return help([first]);
  }
  const entry = COMMANDS[name];
  if (entry === undefined) throw unknownName("command", name, Object.keys(COMMANDS));
  command = name;
  const table = await entry.table();
  flags = flagsOf(table);
  const values = parseTable(table, given);
  await entry.run(values, contextOf(table, values));
}

/**
 * The name of the command, and its arguments. The name is `undefined` for a group without a command.
 *
 * @throws {UsageError} if there is no such command
 */
function commandOf([first = "", ...rest]: readonly string[]): [name: string | undefined, args: readonly string[]] {
  if (Object.hasOwn(COMMANDS, first)) return [first, rest];
  if (!Object.hasOwn(GROUPS, first)) {
    if (isViewable(first)) return ["view", [first, ...rest]];
    throw unknownName("command", first, topLevelNames());
  }
  command = first;
  const [second, ...args] = rest;
  // Flags without a command belong to a keeper: `rerun-ts catalog --from s3://…`.
  if (first === "catalog" && second?.startsWith("--from") === true) return ["catalog keep", rest];
  if (second === undefined || second === "help" || second === "--help" || second === "-h") return [undefined, []];
  const name = `${first} ${second}`;
  if (Object.hasOwn(COMMANDS, name)) return [name, args];
  const known = commandsOf(first);
  const { message } = unknownName(
    "command",
    name,
    known.map((each) => `${first} ${each}`),
  );
  throw new UsageError(`${message}; there are: ${known.join(", ")}`);
}

function topLevelNames(): string[] {
  return [...Object.keys(GROUPS), ...Object.keys(COMMANDS).filter((name) => !name.includes(" "))];
}

/** Whether an argument in the place of a command is a file, a folder or a server, as those of `rerun FILE`. */
function isViewable(name: string): boolean {
  return /^[a-z][a-z+]*:\/\//i.test(name) || /\.(?:rrd|rbl)$/i.test(name) || existsSync(name);
}

async function help(words: readonly string[]): Promise<void> {
  print(await (await import("./help-of.ts")).helpOf(words));
}

function print(text: string): void {
  console.log(text);
}

// Node would end the process with a stack, in the middle of its work, or the output would be lost without a word.
if (process.stdout.listenerCount("error") === 0) {
  let isTold = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A reader such as `head` needs no more.
    if (error.code === "EPIPE" || isTold) return;
    isTold = true;
    console.error(`rerun-ts: cannot write standard output: ${messageOf(error)}`);
    process.exitCode = FAILURE;
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isWrong = isUsageError(error) || isArgumentError(error);
  console.error(`rerun-ts: ${describeError(flags, error).split("\n").map(oneLine).join("\n")}`);
  if (isWrong) console.error(`Run \`rerun-ts ${command === "" ? "" : `${command} `}--help\` for usage.`);
  else if (!isRerunError(error)) console.error(error);
  process.exitCode = isWrong ? WRONG_USAGE : FAILURE;
}
