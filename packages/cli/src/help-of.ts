import { RERUN_VERSION } from "@rerun-ts/core";
import type { GroupTable } from "./command/command-table.ts";
import { helpText, joined, section, usageOf, wrapped, type Rows } from "./command/help-text.ts";
import { COMMANDS, GROUPS, commandsOf } from "./commands.ts";
import { installedTable } from "./installed-tables.ts";
import { INSTALL_STORAGE } from "./storage-commands.ts";

/** The column of summaries of commands. */
const COLUMN = 46;
/** The column of summaries in a group. */
const GROUP_COLUMN = 14;

/** The output of `--help` for a command or a group of commands, or for other words an overview. */
export async function helpOf(words: readonly string[]): Promise<string> {
  const [first = "", second = ""] = words;
  for (const name of [first, `${first} ${second}`]) {
    const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (entry !== undefined) return helpText(await entry.table());
  }
  const group = Object.hasOwn(GROUPS, first) ? await GROUPS[first]?.() : undefined;
  return group === undefined ? overview() : groupHelp(group);
}

async function overview(): Promise<string> {
  const rows = new Map<string, string>();
  const missing: string[] = [];
  for (const [name, entry] of Object.entries(COMMANDS)) {
    const [first = ""] = name.split(" ");
    const group = Object.hasOwn(GROUPS, first) ? GROUPS[first] : undefined;
    const table = await installedTable(entry);
    if (table === undefined) missing.push(name);
    else if (group === undefined) rows.set(usageOf(table), table.summary);
    else rows.set(`rerun-ts ${first} COMMAND [OPTION …]`, (await group()).summary);
  }
  return joined([
    section("Usage:", [...rows], COLUMN),
    missing.length === 0 ? "" : wrapped(`After \`${INSTALL_STORAGE}\` there are also: ${missing.join(", ")}.`),
    section(
      "Options:",
      [
        ["-h, --help", "Show this help; `rerun-ts COMMAND --help` shows the options of a command"],
        ["-V, --version", `Show the version of rerun-ts, and of Rerun (${RERUN_VERSION})`],
      ],
      19,
    ),
    "To try it, run `rerun-ts serve --web-viewer`, and call `await rec.connectGrpc()` in your program.",
  ]);
}

async function groupHelp({ name, summary, description = [`${summary}.`] }: GroupTable): Promise<string> {
  const tables = await Promise.all(
    commandsOf(name).map(async (each) => [each, await installedTable(COMMANDS[`${name} ${each}`])] as const),
  );
  const rows: Rows = tables.map(([each, table]) => [each, table?.summary ?? `After \`${INSTALL_STORAGE}\``]);
  return joined([
    `Usage: rerun-ts ${name} COMMAND [OPTION …]`,
    ...description.map((text) => wrapped(text)),
    section("Commands:", rows, GROUP_COLUMN),
    `\`rerun-ts ${name} COMMAND --help\` shows the options of a command.`,
  ]);
}
