import { counted } from "@rerun-ts/core/util";
import { WRITERS } from "../rrd/query-command.ts";
import type { ValuesOf } from "../command/command-table.ts";
import { givenQuery } from "../rrd/given-query.ts";
import { writeOutput } from "../rrd/rrd-output.ts";
import { showStatus } from "../command/status-line.ts";
import { datasetOf, withCatalog, withUrl } from "./catalog-arguments.ts";
import type { QUERY } from "./catalog-query-table.ts";

/** Runs `rerun-ts catalog query`. @throws {UsageError | TypeError} if a flag is wrong */
export async function query(values: ValuesOf<typeof QUERY>): Promise<void> {
  const given = withUrl(values, "query");
  const { format, options } = givenQuery(given, "catalog query");
  await withCatalog(given, async (client) => {
    const dataset = await datasetOf(client, given, "query");
    let text = "";
    const rows = dataset.query({
      ...options,
      segments: given.segment,
      onProgress: ({ segments, totalSegments }) => (text = `${segments} of ${counted(totalSegments, "segment")} read`),
    });
    const source = { schema: await rows.schema(), [Symbol.asyncIterator]: () => rows[Symbol.asyncIterator]() };
    const stop = given.output === undefined ? () => {} : showStatus(() => text);
    try {
      await writeOutput(given.output, WRITERS[format](source));
    } finally {
      stop();
    }
  });
}
