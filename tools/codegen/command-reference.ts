import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CommandTable } from "../../packages/cli/src/command/command-table.ts";
import { root as project } from "@rerun-ts/test-support/node/environment";
import { helpText } from "../../packages/cli/src/command/help-text.ts";

/** The page with the reference. */
const PAGE = "docs/cli.md";
/** The folders with the tables of commands. */
const FOLDERS = ["packages/cli/src", "packages/storage/src/cli"];
const [START, END] = ["<!-- The rest is made from the tables of commands. -->", "<!-- End of the reference. -->"];

/** The page of the command line, with the output of `--help` of each command. */
export async function commandReference(root: string): Promise<[path: string, content: string]> {
  const page = await readFile(join(root, PAGE), "utf8");
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${PAGE} must have the lines ${START} and ${END}`);
  const sections = (await readTables()).map(
    (table) => `### rerun-ts ${table.name}\n\n\`\`\`text\n${helpText(table)}\n\`\`\``,
  );
  return [PAGE, `${page.slice(0, start)}${START}\n\n${sections.join("\n\n")}\n\n${page.slice(end)}`];
}

/** The tables of all commands, in the order of their names. They are data, so nothing has to be built. */
export async function readTables(): Promise<readonly CommandTable[]> {
  const tables: CommandTable[] = [];
  for (const folder of FOLDERS) {
    const files = await readdir(join(project, folder), { recursive: true });
    for (const file of files.filter((name) => name.endsWith("-table.ts"))) {
      const module = (await import(pathToFileURL(join(project, folder, file)).href)) as Readonly<
        Record<string, unknown>
      >;
      tables.push(...Object.values(module).filter(isTable));
    }
  }
  return tables.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function isTable(value: unknown): value is CommandTable {
  return typeof value === "object" && value !== null && "exits" in value && "flags" in value;
}
