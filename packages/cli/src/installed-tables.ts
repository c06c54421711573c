import { isRerunError } from "@rerun-ts/core";
import type { CommandEntry, CommandTable } from "./command/command-table.ts";

/** The table of a command, or `undefined` if that is in a package that is not installed. */
export async function installedTable(entry: CommandEntry | undefined): Promise<CommandTable | undefined> {
  try {
    return await entry?.table();
  } catch (error) {
    if (isRerunError(error) && error.code === "UNSUPPORTED") return undefined;
    throw error;
  }
}

/** The tables of all commands that are installed. */
export async function installedTables(
  commands: Readonly<Record<string, CommandEntry>>,
): Promise<readonly CommandTable[]> {
  const tables = await Promise.all(Object.values(commands).map(installedTable));
  return tables.filter((table) => table !== undefined);
}
