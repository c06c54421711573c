import type { ValuesOf } from "../command/command-table.ts";
import { withPaths } from "./rrd-arguments.ts";
import { print } from "./rrd-output.ts";
import { showingOptions, showingProgress, sourcesOf } from "./rrd-sources.ts";
import type { STATS } from "./stats-table.ts";
import { rrdStats, type RrdSizes, type RrdStats } from "@rerun-ts/reading";

/** A part of the output: its title and its lines. */
type Section = readonly [title: string, lines: readonly string[]];

/** Runs `rerun-ts rrd stats`, which counts chunks, rows and bytes. */
export async function stats(values: ValuesOf<typeof STATS>): Promise<void> {
  const given = withPaths(values);
  const decode = !given["no-decode"];
  let found = {} as RrdSizes;
  await showingProgress(given, async (onProgress) => {
    found = await rrdStats(sourcesOf(given), { ...showingOptions(given), decode, onProgress });
  });
  if (given.json) return print(JSON.stringify(found, undefined, 2));
  const contents = decode ? (found as RrdStats) : undefined;
  const sections: Section[] = [
    ...(contents === undefined
      ? [["Overview", linesOf({ num_chunks: found.numChunks }, " = ")] as const]
      : countsOf(contents)),
    ["Size of messages, in bytes", linesOf(found.compressed, " = ")],
    ["Size of data without compression, in bytes", linesOf(found.uncompressed, " = ")],
    ...(contents === undefined ? [] : detailsOf(contents)),
    ...indexesOf(found),
  ];
  await print(sections.map(([title, body]) => [title, "-".repeat(title.length), ...body].join("\n")).join("\n\n"));
}

function countsOf(found: RrdStats): Section[] {
  const { numChunks, numEntityPaths, numChunksWithoutComponents, numRows, numStatic } = found;
  const overview = {
    num_chunks: numChunks,
    num_entity_paths: numEntityPaths,
    num_chunks_without_components: numChunksWithoutComponents,
    num_rows: numRows,
    ...prefixed("num_rows", found.rowsPerChunk),
    num_static: numStatic,
    ...prefixed("num_indexes", found.indexesPerChunk),
    ...prefixed("num_components", found.componentsPerChunk),
  };
  return [
    ["Overview", linesOf(overview, " = ")],
    ["Num chunks per entity", linesOf(found.chunksPerEntity, ": ")],
    ["Num chunks per index", linesOf(found.chunksPerIndex, ": ")],
    ["Num chunks per component", linesOf(found.chunksPerComponent, ": ")],
  ];
}

function detailsOf({ schemas, data, unsortedIndexes }: RrdStats): Section[] {
  const unsorted = Object.entries(unsortedIndexes).map(([path, names]) => `${path}: ${names.join(", ")}`);
  return [
    ["Size of schemas without compression, in bytes", linesOf(schemas, " = ")],
    ["Size of rows without compression, in bytes", linesOf(data, " = ")],
    ["Unsorted timelines", unsorted.length > 0 ? unsorted : ["none: each chunk is sorted on all its timelines"]],
  ];
}

function indexesOf({ footers }: RrdSizes): Section[] {
  if (footers.length === 0) return [["Chunk index", ["none: `rerun-ts rrd repair` writes one"]]];
  return footers.map((index) => [
    `Chunk index of ${index.storeId.kind} ${index.storeId.applicationId} ${index.storeId.recordingId}`,
    [...linesOf(indexCounts(index), " = "), ...adviceOf(index)].map((line) => `  ${line}`),
  ]);
}

function indexCounts(index: RrdSizes["footers"][number]): object {
  return {
    num_chunks_indexed: index.numChunks,
    num_static_chunks: index.numStatic,
    num_entity_paths: index.numEntityPaths,
    num_columns: index.numColumns,
    sorbet_schema_num_fields: index.numFields,
    sorbet_schema_sha256: index.schemaSha256 ?? "none",
    chunk_byte_size_total: index.bytes,
    chunk_byte_size_uncompressed_total: index.uncompressedBytes,
    num_chunks_if_optimized: `at least ${index.numStatic + index.fewestChunks}`,
  };
}

function adviceOf({ isWorthOptimizing }: RrdSizes["footers"][number]): string[] {
  return isWorthOptimizing ? ["`rerun-ts rrd optimize` would make the file smaller, and faster to open"] : [];
}

function prefixed(prefix: string, values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}_${name}`, value]));
}

function linesOf(values: object, separator: string): string[] {
  return Object.entries(values).map(([name, value]) => `${name}${separator}${textOf(value)}`);
}

function textOf(value: unknown): string {
  return typeof value === "number" && !Number.isInteger(value) ? value.toFixed(3) : String(value);
}
