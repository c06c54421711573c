import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { connectCatalog } from "@rerun-ts/catalog";
import { runWarmPython } from "@rerun-ts/test-support/python/warm-python";
import { expect } from "vitest";
import { differences } from "./committed-rows.ts";

/** The producers: with a spool, through NATS, a page with presigned requests, a page at an edge, and a second robot. */
export const [SPOOL, NATS, PAGE, EDGE, OTHER] = [0, 1, 2, 3, 4] as const;
/** The producers that are killed, of which rows may be missing that they have not flushed. */
const MORTAL: readonly number[] = [SPOOL, OTHER];

/** The last report of a producer. */
export interface ProducerEnd {
  readonly producer: number;
  readonly rows: number;
  readonly clouds: number;
  readonly complete: boolean;
  readonly droppedRows: number;
}

/** The rows that a producer with a spool has flushed in one of its lives. */
export interface Life {
  readonly producer: number;
  readonly first: number;
  readonly rows: number;
  readonly clouds: number;
}

/** The rows that must be there once. */
export function expectedRows(ends: readonly ProducerEnd[], lives: readonly Life[]): Map<string, number> {
  const expected = new Map<string, number>();
  const add = (producer: number, from: number, { rows, clouds }: { rows: number; clouds: number }): void => {
    for (let row = from; row < rows; row++) expected.set(`/rows/${producer} ${row} ${row * 3 + producer}`, 1);
    for (let cloud = from; cloud < clouds; cloud++) expected.set(`/clouds/${producer} ${cloud} 100000`, 1);
  };
  for (const end of ends) add(end.producer, 0, end);
  for (const life of lives) add(life.producer, life.first, life);
  return expected;
}

/** The rows that a killed producer has logged and not flushed: they may be there once, or not. */
export function forgetUnflushed(found: Map<string, number>, expected: ReadonlyMap<string, number>): void {
  for (const [name, count] of found) {
    const [, kind, producer, row, value] = /^\/(rows|clouds)\/(\d+) (\d+) (\S+)$/.exec(name) ?? [];
    if (count !== 1 || !MORTAL.includes(Number(producer)) || expected.has(name)) continue;
    if (kind === "rows") expect([name, Number(value)]).toEqual([name, Number(row) * 3 + Number(producer)]);
    found.delete(name);
  }
}

/** Checks that Rerun's own client reads each row from the catalog, and none twice. */
export async function checkCatalog(url: string, parts: number, expected: ReadonlyMap<string, number>): Promise<void> {
  using catalog = await connectCatalog(url);
  const dataset = await catalog.getDataset("fleet");
  await expect
    .poll(async () => (await (await dataset.segment("shared run")).layers()).length, { timeout: 60_000 })
    .toBe(parts);
  const program = await readFile(join(import.meta.dirname, "../programs/read-dataset.py"), "utf8");
  const read = JSON.parse(await runWarmPython({ text: program }, [url, "fleet", "shared run"])) as {
    readonly rows: Record<string, [number, number][]>;
    readonly twice: number;
  };
  const found = new Map<string, number>();
  for (const [entity, rows] of Object.entries(read.rows))
    for (const [row, value] of rows) found.set(`${entity} ${row} ${value}`, 1);
  const rows = new Map([...expected].filter(([name]) => name.startsWith("/rows/")));
  forgetUnflushed(found, expected);
  expect(differences(found, rows)).toEqual([]);
  expect(read.twice).toBe(0);
}
