import type { ValuesOf } from "../command/command-table.ts";
import { UsageError } from "../command/usage-error.ts";
import { parseTime } from "../rrd/rrd-arguments.ts";
import { print } from "../rrd/rrd-output.ts";
import { datasetOf, withCatalog, withUrl } from "./catalog-arguments.ts";
import type { LINK } from "./catalog-link-table.ts";

/** Runs `rerun-ts catalog link`. @throws {UsageError} if an argument is missing */
export async function link(values: ValuesOf<typeof LINK>): Promise<void> {
  const given = withUrl(values, "link");
  const [, segment] = given.names;
  if (segment === undefined)
    throw new UsageError("`catalog link` requires the name of a dataset, and the id of a segment");
  const { timeline, from, to } = given;
  await withCatalog(given, async (client) => {
    const dataset = await datasetOf(client, given, "link");
    const times =
      timeline === undefined || from === undefined
        ? undefined
        : { timeline, start: parseTime("--from", from), end: to === undefined ? undefined : parseTime("--to", to) };
    await print(dataset.segmentUrl(segment, times));
  });
}
