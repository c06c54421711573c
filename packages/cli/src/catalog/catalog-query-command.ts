import { WRITERS } from "../rrd/query-command.ts";
import { givenQuery, QUERY_FLAGS, repeated } from "../rrd/query-flags.ts";
import { writeOutput } from "../rrd/rrd-output.ts";
import { counted } from "../rrd/rrd-sources.ts";
import { showStatus } from "../command/status-line.ts";
import { datasetOf, parseCatalogArguments, withCatalog } from "./catalog-arguments.ts";

/** Runs `rerun-ts catalog query`. @throws {UsageError | TypeError} if a flag is wrong */
export async function queryCatalog(args: string[]): Promise<void> {
  const given = parseCatalogArguments("query", args, { ...QUERY_FLAGS, segment: { type: "string", multiple: true } });
  const { format, options } = givenQuery(given, "catalog query");
  await withCatalog(given, async (client) => {
    const dataset = await datasetOf(client, given, "query");
    let text = "";
    const rows = dataset.query({
      ...options,
      segments: repeated(given, "segment"),
      onProgress: ({ segments, totalSegments }) => (text = `${segments} of ${counted(totalSegments, "segment")} read`),
    });
    const source = { schema: await rows.schema(), [Symbol.asyncIterator]: () => rows[Symbol.asyncIterator]() };
    const stop = given.text("output") === undefined ? () => {} : showStatus(() => text);
    try {
      await writeOutput(given.text("output"), WRITERS[format](source));
    } finally {
      stop();
    }
  });
}
