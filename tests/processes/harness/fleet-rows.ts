import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { connectCatalog } from "@rerun-ts/catalog";
import type { ObjectStore } from "@rerun-ts/storage";
import { runWarmPython } from "@rerun-ts/test-support/python/warm-python";
import { expect } from "vitest";
import { readPart } from "../../../packages/storage/dist/parts/read-part.js";
import { CountedParts } from "../../../packages/storage/dist/replacements/counted-parts.js";
import { countRows, differences } from "./committed-rows.ts";

/**
 * The producers: with a spool, through NATS, a page with presigned requests, a page at an edge, a second robot, and one
 * whose store is a folder.
 */
export const [SPOOL, NATS, PAGE, EDGE, OTHER, YARD] = [0, 1, 2, 3, 4, 5] as const;
/** The producers that are killed, of which rows may be missing that they have not flushed. */
const MORTAL: readonly number[] = [SPOOL, OTHER, YARD];

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
  /** The rounds that were not flushed: the first row and cloud of each, and the next ones. */
  readonly unsure?: readonly (readonly [from: Moment, to: Moment])[];
  /** The longest time in which parts waited, none was sent, and the sink told of no problem. */
  readonly untoldMs?: number;
}

interface Moment {
  readonly row: number;
  readonly cloud: number;
}

/** The rows that must be there once. */
export function expectedRows(ends: readonly ProducerEnd[], lives: readonly Life[]): Map<string, number> {
  const expected = new Map<string, number>();
  const rowName = (producer: number, row: number): string => `/rows/${producer} ${row} ${row * 3 + producer}`;
  const cloudName = (producer: number, cloud: number): string => `/clouds/${producer} ${cloud} 100000`;
  const add = (
    producer: number,
    first: number,
    { rows, clouds, unsure = [] }: Omit<Life, "producer" | "first">,
  ): void => {
    for (let row = first; row < rows; row++) expected.set(rowName(producer, row), 1);
    for (let cloud = first; cloud < clouds; cloud++) expected.set(cloudName(producer, cloud), 1);
    for (const [from, to] of unsure) {
      for (let { row } = from; row < to.row; row++) expected.delete(rowName(producer, row));
      for (let { cloud } = from; cloud < to.cloud; cloud++) expected.delete(cloudName(producer, cloud));
    }
  };
  for (const end of ends) add(end.producer, 0, end);
  for (const life of lives) add(life.producer, life.first, life);
  return expected;
}

/**
 * Forgets the rows that may be there once, or not: those that a killed producer has logged and not flushed.
 *
 * @param lost more such rows, of any producer
 */
export function forgetUnflushed(
  found: Map<string, number>,
  expected: ReadonlyMap<string, number>,
  lost: ReadonlySet<string> = new Set(),
): void {
  for (const [name, count] of found) {
    const [, kind, producer, row, value] = /^\/(rows|clouds)\/(\d+) (\d+) (\S+)$/.exec(name) ?? [];
    const mayBeMissing = MORTAL.includes(Number(producer)) || lost.has(name);
    if (count !== 1 || !mayBeMissing || expected.has(name)) continue;
    if (kind === "rows") expect([name, Number(value)]).toEqual([name, Number(row) * 3 + Number(producer)]);
    found.delete(name);
  }
}

/** Counts the rows of all parts that count. */
export async function rowsIn(
  store: ObjectStore,
  onPart: (rrd: Uint8Array, layer: string) => unknown = () => undefined,
): Promise<Map<string, number>> {
  const { counted, unclear } = await new CountedParts(store, "fleet").list("shared run");
  expect([...unclear]).toEqual([]);
  const [found, noted] = [new Map<string, number>(), new Set<string>()];
  for (const part of counted) {
    const rrd = await readPart(store, part);
    await onPart(rrd, part.layer);
    countRows(rrd, found, noted);
  }
  for (const name of found.keys()) if (name.startsWith("/note/")) found.delete(name);
  return found;
}

/** Checks that the catalog has these layers, and that Rerun's own client reads each row from it, and none twice. */
export async function checkCatalog(
  url: string,
  layers: readonly string[],
  expected: ReadonlyMap<string, number>,
  lost?: ReadonlySet<string>,
): Promise<void> {
  using catalog = await connectCatalog(url);
  const dataset = await catalog.getDataset("fleet");
  await expect
    .poll(async () => (await (await dataset.segment("shared run")).layers()).toSorted(), {
      timeout: 240_000,
    })
    .toEqual(layers.toSorted());
  const program = await readFile(join(import.meta.dirname, "../programs/read-dataset.py"), "utf8");
  const read = JSON.parse(await runWarmPython({ text: program }, [url, "fleet", "shared run"])) as {
    readonly rows: Record<string, [number, number][]>;
    readonly twice: number;
  };
  const found = new Map<string, number>();
  for (const [entity, rows] of Object.entries(read.rows))
    for (const [row, value] of rows) found.set(`${entity} ${row} ${value}`, 1);
  const rows = new Map([...expected].filter(([name]) => name.startsWith("/rows/")));
  forgetUnflushed(found, expected, lost);
  expect(differences(found, rows)).toEqual([]);
  expect(read.twice).toBe(0);
}
