import type { COMPLETION } from "./completion-table.ts";
import type { CommandEntry, ValuesOf } from "./command/command-table.ts";
import { completionScript } from "./command/completion-script.ts";
import { UsageError } from "./command/usage-error.ts";
import { installedTables } from "./installed-tables.ts";

/** Runs `rerun-ts completion`, which prints a script for a shell. @throws {UsageError} for another shell */
export async function completion(
  { positionals: [shell = ""] }: ValuesOf<typeof COMPLETION>,
  commands: Readonly<Record<string, CommandEntry>>,
): Promise<void> {
  if (shell !== "bash" && shell !== "zsh" && shell !== "fish")
    throw new UsageError(`\`completion\` requires one shell: bash, zsh or fish, got ${JSON.stringify(shell)}`);
  console.log(completionScript(shell, await installedTables(commands)));
}
