import { rm } from "node:fs/promises";
import { join } from "node:path";
import { rowsProgramName } from "./programs.ts";
import { outputFolder, own, runPeer } from "./run-peers.ts";
import { alignTable } from "./table.ts";

/** The rows to log, of so many entities in turn, on so many timelines. */
interface Rows {
  readonly rows: number;
  readonly entities: number;
  readonly timelines: number;
}

/** The cost of logging a row of `Scalars` to a file. */
export interface RowCost extends Rows {
  /** The processor time of a row in microseconds. */
  readonly cpuMicros: number;
  /** The peak memory of the whole process. */
  readonly peakBytes: number | undefined;
}

const CASES: readonly Rows[] = [
  ...[10_000, 100_000, 1_000_000, 10_000_000].map((rows) => ({ rows, entities: 1, timelines: 1 })),
  ...[10, 100, 1000].map((entities) => ({ rows: 1_000_000, entities, timelines: 1 })),
  ...[2, 5, 10, 20].map((timelines) => ({ rows: 1_000_000, entities: 1, timelines })),
];

/** Measures the cost of a row with more rows, entities and timelines: the least of so many processes each, in turns. */
export async function measureCost(rounds: number): Promise<readonly RowCost[]> {
  process.stdout.write("cost of a row: ");
  const costs = new Map<Rows, RowCost>();
  const file = join(outputFolder, "cost.rrd");
  for (let round = 0; round < rounds; round++) {
    for (const one of CASES) {
      const { cpuSeconds = NaN, peakBytes } = await runPeer(
        own.onNode,
        rowsProgramName(one.entities, one.timelines),
        one.rows,
        file,
      );
      await rm(file);
      const cpuMicros = (cpuSeconds / one.rows) * 1e6;
      if (cpuMicros < (costs.get(one)?.cpuMicros ?? Infinity)) costs.set(one, { ...one, cpuMicros, peakBytes });
    }
    process.stdout.write(".");
  }
  process.stdout.write("\n");
  return [...costs.values()];
}

/** Formats the results for a console. */
export function formatCost(costs: readonly RowCost[]): string {
  return alignTable(costCells(costs));
}

/** The results as rows of cells; the first is the header. */
export function costCells(costs: readonly RowCost[]): readonly (readonly string[])[] {
  return [
    ["rows", "entities", "timelines", "CPU a row, µs", "peak MB"],
    ...costs.map(({ rows, entities, timelines, cpuMicros, peakBytes = NaN }) => [
      ...[rows, entities, timelines].map((count) => count.toLocaleString("en")),
      cpuMicros.toFixed(2),
      (peakBytes / 1e6).toFixed(0),
    ]),
  ];
}
