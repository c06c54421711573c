import { integerOf, UsageError } from "../arguments.ts";
import { parseTime } from "../rrd/rrd-arguments.ts";
import { FORMATS, GROUP_ROWS, WRITERS, type Format } from "../rrd/query-command.ts";
import { writeOutput } from "../rrd/rrd-output.ts";
import { counted } from "../rrd/rrd-sources.ts";
import { loadTools, type QueryOptions } from "../rrd/rrd-tools.ts";
import { showStatus } from "../status-line.ts";
import { datasetOf, parseCatalogArguments, withCatalog } from "./catalog-arguments.ts";

/** Runs `rerun-ts catalog query`. @throws {UsageError | TypeError} if a flag is wrong */
export async function queryCatalog(args: string[]): Promise<void> {
  const given = parseCatalogArguments("query", args, {
    index: { type: "string" },
    static: { type: "boolean" },
    segment: { type: "string", multiple: true },
    contents: { type: "string", multiple: true },
    columns: { type: "string", multiple: true },
    fill: { type: "boolean" },
    at: { type: "string", multiple: true },
    from: { type: "string" },
    to: { type: "string" },
    "batch-rows": { type: "string" },
    format: { type: "string" },
    output: { type: "string", short: "o" },
  });
  const format = (given.text("format") ?? "json") as Format;
  if (!FORMATS.includes(format))
    throw new UsageError(`\`--format\` must be one of ${FORMATS.join(", ")}, got ${JSON.stringify(format)}`);
  const index = given.text("index");
  if ((index === undefined) !== given.has("static"))
    throw new UsageError("`catalog query` requires either `--index TIMELINE` or `--static`");
  const [from, to] = [given.text("from"), given.text("to")];
  const range = { from: from && parseTime("--from", from), to: to && parseTime("--to", to) } as QueryOptions["range"];
  const repeated = (flag: string): readonly string[] | undefined => {
    const values = given.texts(flag);
    return values.length > 0 ? values : undefined;
  };
  const tools = await loadTools();
  await withCatalog(given, async (client) => {
    const dataset = await datasetOf(client, given, "query");
    let text = "";
    const rows = dataset.query({
      index: index ?? null,
      segments: repeated("segment"),
      contents: repeated("contents"),
      columns: repeated("columns"),
      fillLatestAt: given.has("fill"),
      usingIndexValues: repeated("at")?.map((at) => parseTime("--at", at)),
      range: from === undefined && to === undefined ? undefined : range,
      batchRows: integerOf("--batch-rows", given.text("batch-rows")) ?? (format === "parquet" ? GROUP_ROWS : undefined),
      onProgress: ({ segments, totalSegments }) => (text = `${segments} of ${counted(totalSegments, "segment")} read`),
    });
    const source = { schema: await rows.schema(), [Symbol.asyncIterator]: () => rows[Symbol.asyncIterator]() };
    const stop = given.text("output") === undefined ? () => {} : showStatus(() => text);
    try {
      await writeOutput(given.text("output"), WRITERS[format](source, tools));
    } finally {
      stop();
    }
  });
}
