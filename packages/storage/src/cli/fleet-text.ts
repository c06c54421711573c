import { describeBytes } from "@rerun-ts/node/files";
import type { Amount, CatalogStatus, DatasetStatus, FleetReport, StreamStatus } from "../fleet/fleet-report.ts";

/** The most rows of a table. */
const MAX_ROWS = 20;

/** The lines of a report for people. */
export function fleetText({ store, time, clock, datasets, problems }: FleetReport): readonly string[] {
  const of = clock === "store" ? "the clock of the store" : "the clock of this machine";
  const lines = [`${store} at ${time} by ${of}`];
  for (const dataset of datasets) lines.push("", `Dataset ${dataset.dataset}`, ...datasetLines(dataset));
  lines.push("");
  if (problems.length === 0) lines.push("Nothing is wrong.");
  for (const { dataset, problem, action } of problems)
    lines.push(`${dataset === "" ? "" : `${dataset}: `}${problem}`, `  → ${action}`);
  return lines;
}

function datasetLines({ parts, recordings, growth, layouts, damaged, ...status }: DatasetStatus): string[] {
  const { newest } = recordings;
  const rows: (readonly [string, string])[] = [
    ["recordings", `${recordings.count}${newest === null ? "" : `, the newest is ${newest.id} (${newest.lastPart})`}`],
    [
      "parts",
      `${amount(parts.direct)} direct, ${amount(parts.log)} from the log, ${amount(parts.compacted)} compacted`,
    ],
    ["to be deleted", amount(parts.waitingForDeletion)],
    ["growth", `${describeBytes(growth.lastHourBytes)} in an hour, ${describeBytes(growth.lastDayBytes)} in a day`],
    ["layouts", layouts.newest === null ? `${layouts.count}` : `${layouts.count}, the newest of ${layouts.newest}`],
  ];
  if (parts.uncounted.count > 0) rows.push(["not counted", amount(parts.uncounted)]);
  if (damaged.setAside.count > 0) rows.push(["set aside", `${amount(damaged.setAside)}, damaged`]);
  if (status.stream !== null) rows.push(...streamRows(status.stream));
  if (status.catalog !== null) rows.push(["catalog", catalogText(status.catalog)]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
  for (const key of damaged.setAside.keys.slice(0, MAX_ROWS)) lines.push(`    ${key}`);
  for (const { key, reason } of damaged.unreadable ?? []) lines.push(`  unreadable  ${key}: ${reason}`);
  for (const { key, reason } of damaged.found ?? []) lines.push(`  damaged  ${key}: ${reason}`);
  return [...lines, ...producerLines(status.producers)];
}

function streamRows({ name, messages, bytes, limits, waiting }: StreamStatus): (readonly [string, string])[] {
  const of = limits.bytes === null ? "" : ` of ${describeBytes(limits.bytes)}`;
  const full = limits.whenFull === "refuses" ? "refuses packs when full" : "drops the oldest when full";
  const rest = waiting.slice(MAX_ROWS);
  return [
    [`stream`, `${name}: ${messages} messages, ${describeBytes(bytes)}${of}, ${full}`],
    ...waiting.slice(0, MAX_ROWS).map(({ partition, messages: count, oldestSeconds }) => {
      const oldest = oldestSeconds === null ? "" : `, the oldest for ${oldestSeconds} s`;
      return [`partition ${partition}`, `${count} messages are not committed${oldest}`] as const;
    }),
    ...(rest.length === 0 ? [] : [["", `and ${rest.length} more partitions`] as const]),
  ];
}

function catalogText({ registered, recent, missing, conflicts, replaced, gone }: CatalogStatus): string {
  const others = [
    [recent, "new"],
    [missing.count, "missing"],
    [conflicts.count, "in the dataset for conflicts"],
    [replaced, "replaced, and still registered"],
    [gone.count, "registered, and gone"],
  ] as const;
  const texts = others.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`);
  return [`${registered} parts registered`, ...texts].join(", ");
}

function producerLines(producers: DatasetStatus["producers"]): string[] {
  if (producers.length === 0) return [];
  const shown = producers.slice(0, MAX_ROWS);
  const cells = shown.map(({ name, runs, parts, bytes, lastPart }) => [
    name,
    `${runs}`,
    `${parts}`,
    describeBytes(bytes),
    lastPart ?? "unknown",
  ]);
  const table = [["producer", "runs", "parts", "size", "last part"], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  const lines = table.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
  const more = producers.length - shown.length;
  return more === 0 ? lines : [...lines, `  and ${more} more, which --json has`];
}

function amount({ count, bytes }: Amount): string {
  return `${count} (${describeBytes(bytes)})`;
}
