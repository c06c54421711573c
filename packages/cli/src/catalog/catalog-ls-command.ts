import type { ValuesOf } from "../command/command-table.ts";
import { print } from "../rrd/rrd-output.ts";
import { datasetOf, withCatalog, withUrl } from "./catalog-arguments.ts";
import { entryLine, jsonText } from "./catalog-text.ts";
import type { LS } from "./catalog-ls-table.ts";

/** Runs `rerun-ts catalog ls`. @throws {UsageError} if an argument is missing */
export async function ls(values: ValuesOf<typeof LS>): Promise<void> {
  const given = withUrl(values, "ls");
  await withCatalog(given, async (client) => {
    if (given.names.length > 0) {
      const ids = await (await datasetOf(client, given, "ls")).segmentIds();
      return printLines(given.json ? [jsonText(ids)] : ids);
    }
    const entries = await client.entries({ includeHidden: given.all });
    const found = entries.map(({ id, name, kind, createdAt }) => ({ id, name, kind, createdAt }));
    await printLines(given.json ? [jsonText(found)] : found.map(entryLine));
  });
}

async function printLines(lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await print(lines.join("\n"));
}
