import type { ValuesOf } from "../command/command-table.ts";
import { UsageError } from "../command/usage-error.ts";
import type { PRINT } from "./print-table.ts";
import { withPaths } from "./rrd-arguments.ts";
import { writeOutput } from "./rrd-output.ts";
import { showingOptions, sourcesOf } from "./rrd-sources.ts";
import { printRrd, type PrintedMessage } from "@rerun-ts/reading";

/** The shown parts of messages. */
interface Shown {
  /** 0: names of components, 1: with their entities, 2: all metadata, 3: also the rows. */
  readonly verbosity: number;
  readonly transposed: boolean;
  readonly fullMetadata: boolean;
  /** 0: chunks, 1: with their times, 2: with their components. */
  readonly footersDetail: number;
}

/** Everything, as text. */
export const ALL: Shown = { verbosity: 3, transposed: false, fullMetadata: false, footersDetail: 2 };

/** Runs `rerun-ts rrd print`, which shows the messages of recordings. */
export async function printMessages(values: ValuesOf<typeof PRINT>): Promise<void> {
  const given = withPaths(values);
  if (given.migrate === false)
    throw new UsageError("`--migrate=false` is not possible: chunks are shown with the names of today");
  const { entity, footers = false } = given;
  const shown: Shown = {
    verbosity: given.verbose,
    transposed: given.transposed === true,
    fullMetadata: given["full-metadata"] === true,
    footersDetail: given["footers-lod"] ?? 0,
  };
  async function* lines(): AsyncGenerator<string> {
    for await (const message of printRrd(sourcesOf(given), { ...showingOptions(given), footers })) {
      if (entity !== undefined && message.kind !== "footer" && message.entityPath !== entity) continue;
      yield `${given.json ? jsonOf(message) : textOf(message, shown)}\n`;
    }
  }
  await writeOutput(undefined, lines());
}

/** A message as JSON: with the entries of a footer, and without the rows of a chunk. */
function jsonOf(message: PrintedMessage): string {
  return JSON.stringify(message, (key, value: unknown) => {
    if (key === "chunk") return undefined;
    if (value instanceof Map) return Object.fromEntries(value);
    return typeof value === "bigint" ? String(value) : value;
  });
}

/** A message as text. */
export function textOf(message: PrintedMessage, shown: Shown): string {
  const { kind, storeId, id, entityPath = "", numRows, timelines, components = [], bytes } = message;
  const store = `${storeId.kind} ${storeId.applicationId} ${storeId.recordingId}`;
  if (kind === "storeInfo") return `StoreInfo(${store})`;
  if (kind === "activation") return `BlueprintActivationCommand(${store})`;
  if (kind === "footer") return [`Footer(${store}, ${bytes} B)`, ...footerLines(message, shown)].join("\n");
  const title = `Chunk(chunk_${id}) with ${numRows} rows (${bytes} B) - ${entityPath} - `;
  if (shown.verbosity > 1) return [title, ...chunkLines(message, shown)].join("\n");
  const index = timelines?.length === 0 ? "static" : `timelines: [${(timelines ?? []).join(" ")}]`;
  const names = shown.verbosity > 0 ? components.map((name) => `${entityPath}@${name}`) : components;
  return `${title}data columns: [${names.join(" ")}] - ${index}`;
}

/** The metadata of a chunk and of its columns, and its rows. */
function chunkLines({ chunk }: PrintedMessage, { verbosity, transposed, fullMetadata }: Shown): string[] {
  if (chunk === undefined) return [];
  const { metadata, fields } = chunk.table.schema;
  const entries = (values: ReadonlyMap<string, string>): string[] =>
    [...values].map(([key, value]) => `${fullMetadata ? key : key.replace(/^(?:rerun|sorbet):/, "")}: ${value}`);
  const lines = entries(metadata).map((entry) => `  * ${entry}`);
  for (const field of fields)
    lines.push(`  ${field.name}: ${String(field.type)} (${entries(field.metadata).sort().join(", ")})`);
  if (verbosity > 2) lines.push(rowsText(chunk, transposed));
  return [...lines, ""];
}

function rowsText(chunk: NonNullable<PrintedMessage["chunk"]>, transposed: boolean): string {
  const [title = "", ...table] = chunk
    .print({ maxRows: Math.max(1, chunk.numRows), maxCellWidth: Number.MAX_SAFE_INTEGER, transposed })
    .split("\n");
  return table.length === 0 ? title : table.map((line) => `  ${line}`).join("\n");
}

function footerLines({ entries = [] }: PrintedMessage, { footersDetail }: Shown): string[] {
  return entries.flatMap(({ id, entityPath, rows, timelines, components, place }) => {
    const spans = (times: (typeof entries)[number]["timelines"]): string =>
      [...times].map(([name, { start, end }]) => `${name} ${start} to ${end}`).join(", ");
    const lines = [
      `  chunk_${id}: ${entityPath}, ${timelines.size === 0 ? "static, " : ""}${rows} rows, ${place.length} B at ${place.offset}`,
    ];
    if (footersDetail > 0 && timelines.size > 0) lines.push(`    ${spans(timelines)}`);
    if (footersDetail > 1) {
      for (const [name, component] of components)
        lines.push(`    ${name}: ${[`${component.rows} rows`, spans(component.times)].filter(Boolean).join(", ")}`);
    }
    return lines;
  });
}
