import type { ValuesOf } from "../command/command-table.ts";
import { UsageError } from "../command/usage-error.ts";
import { print } from "../rrd/rrd-output.ts";
import { entryOf, withCatalog, withUrl } from "./catalog-arguments.ts";
import { jsonText } from "./catalog-text.ts";
import type { RM } from "./catalog-rm-table.ts";

/** Runs `rerun-ts catalog rm`. @throws {UsageError} if an argument is missing */
export async function rm(values: ValuesOf<typeof RM>): Promise<void> {
  const given = withUrl(values, "rm");
  const [name, ...others] = given.names;
  if (name === undefined || others.length > 0) throw new UsageError("`catalog rm` requires the name of one entry");
  await withCatalog(given, async (client) => {
    const { segment: segmentsToDrop = [], layer: layersToDrop = [] } = given;
    const entry = await entryOf(client, name);
    if (segmentsToDrop.length + layersToDrop.length === 0) await entry.delete();
    else if ("query" in entry) await entry.unregister({ segmentsToDrop, layersToDrop });
    else throw new UsageError("`--segment` and `--layer` require a dataset");
    if (given.json) await print(jsonText({ removed: name, segments: segmentsToDrop, layers: layersToDrop }));
  });
}
