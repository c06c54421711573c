import type { McapCheckReport, McapInfo } from "@rerun-ts/mcap";
import { describeBytes } from "@rerun-ts/node/files";

/** The contents of a file, as text. */
export function infoText(path: string, info: McapInfo): string {
  const { startTime, endTime, chunks, channels } = info;
  const duration = startTime === undefined || endTime === undefined ? undefined : Number(endTime - startTime) / 1e9;
  const sections = [
    [path],
    section("Recording", [
      ["Profile", info.profile],
      ["Library", info.library],
      ["Messages", info.messages],
      ["Duration", duration === undefined ? "" : `${duration} s`],
      ["Start", dateOf(startTime)],
      ["End", dateOf(endTime)],
      ["Schemas", info.schemas],
      ["Channels", channels.length],
      ["Attachments", info.attachments.length],
      ["Metadata", info.metadata.length],
      ["Summary", info.hasSummary ? "in the file" : "none: the file was read"],
    ]),
    section("Chunks", [
      ["Count", chunks],
      ["Overlapping times", info.hasOverlappingChunks ? "yes" : "no"],
    ]),
    section("Compression", [
      ["Codec", "Chunks", "Compressed", "Uncompressed"],
      ...info.compressions.map((one) => [
        one.compression === "" ? "none" : one.compression,
        one.chunks,
        describeBytes(one.compressedBytes),
        describeBytes(one.uncompressedBytes),
      ]),
    ]),
    section("Channels", [
      ["ID", "Topic", "Messages", "Schema", "Encoding"],
      ...channels.map(({ id, topic, messages, schema, schemaEncoding, messageEncoding }) => [
        id,
        topic,
        messages,
        schema ?? "",
        [schemaEncoding, messageEncoding].filter((encoding) => encoding !== undefined && encoding !== "").join(" / "),
      ]),
    ]),
  ];
  return sections.map((lines) => lines.join("\n")).join("\n\n");
}

/** The order of the messages in a file, as text. */
export function checkText(path: string, { timelines, topics }: McapCheckReport, isFull: boolean): string {
  const rows = topics.map(({ id, topic, chunks, conflictingChunks, hasConflict, unorderedChunks }) => {
    const issues = [
      ...(conflictingChunks > 0 ? [`${conflictingChunks} chunk row-order conflicts`] : []),
      ...(hasConflict ? ["whole-topic row-order conflict"] : []),
      ...Object.entries(unorderedChunks).map(([timeline, count]) => `${count} unordered chunks on ${timeline}`),
    ];
    return [issues.length === 0 ? "ok" : "PROBLEM", id, chunks, topic, issues.join(", ")];
  });
  const hint = isFull ? [] : ["Run with --full to decode all timelines."];
  const table = aligned([["Status", "ID", "Chunks", "Topic", "Issues"], ...rows]);
  return [path, "", `Timelines: ${timelines.join(", ")}`, ...hint, "", ...table].join("\n");
}

function section(title: string, rows: readonly (readonly (string | number)[])[]): string[] {
  return [title, ...aligned(rows).map((line) => `  ${line}`)];
}

/** Cells in columns of equal width. */
function aligned(rows: readonly (readonly (string | number)[])[]): string[] {
  const texts = rows.map((row) => row.map((cell) => (cell === "" ? "-" : String(cell))));
  const widths = (texts[0] ?? []).map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  return texts.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function dateOf(time: bigint | undefined): string {
  if (time === undefined) return "";
  const date = new Date(Number(time / 1_000_000n));
  return Number.isNaN(date.getTime()) ? `${time} ns` : `${date.toISOString()} (${time} ns)`;
}
