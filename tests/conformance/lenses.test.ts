// Random lenses on random components: each row is the one that Rerun's own lenses make.
import { ChunkStream, openRrd, plainRows, type Chunk } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { collect } from "@rerun-ts/test-support/common/collect";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { expect, test } from "vitest";
import { outputFile } from "./harness/output.ts";
import { runPython } from "./harness/real-rerun.ts";

const COUNT = isSoak ? 20_000 : 400;
const SEED = isSoak ? Date.now() : 41;

/** A lens, and the rows that Rerun makes with it: their frames and instances. */
interface Case {
  readonly path: string;
  readonly scatter: boolean;
  /** Whether it makes scalars, and not values as they are. */
  readonly scalars: boolean;
  readonly rows: readonly (readonly [frame: number, instances: readonly unknown[] | null])[];
}

test("a lens makes the same rows as in Rerun", { timeout: isSoak ? 900_000 : 120_000 }, async (context) => {
  needRerun(context);
  const file = outputFile("lenses.rrd");
  const cases = await runPython<Case[]>("derive_random.py", { file, seed: SEED, count: COUNT });
  await using opened = await openRrd(file);
  const recorded = new Map<string, Chunk[]>();
  for await (const chunk of opened.recording().chunks())
    recorded.set(chunk.entityPath, [...(recorded.get(chunk.entityPath) ?? []), chunk]);
  const differences: unknown[] = [];
  for (const [number, { path, scatter, scalars, rows }] of cases.entries()) {
    const as = scalars ? rr.Scalars : "Any:value";
    const made: unknown[] = [];
    const chunks = ChunkStream.from(recorded.get(`/${number}`) ?? []);
    const derived = chunks.derive({ from: "Any:data", value: path, to: "/out", as, scatter });
    const written = await openRrd(await collect(derived.encode({ applicationId: "lenses" })));
    for await (const { table } of written.recording().chunks({ contents: "/out" }))
      for (const row of plainRows(table))
        made.push([Number(row["frame"]), row[scalars ? "Scalars:scalars" : "Any:value"]]);
    const expected = scalars && !scatter ? rows.map(([frame, instances]) => [frame, withoutNulls(instances)]) : rows;
    if (asText(made) !== asText(expected))
      differences.push({ number, path, scatter, made: asText(made), expected: asText(expected) });
  }
  expect(differences.slice(0, 3), `seed ${SEED}`).toEqual([]);
});

/** Components of archetypes have no nulls, because viewers reject them. Rows that lose all instances are null. */
function withoutNulls(instances: readonly unknown[] | null): readonly unknown[] | null {
  if (instances === null || instances.length === 0) return instances;
  const kept = instances.filter((instance) => instance !== null);
  return kept.length === 0 ? null : kept;
}

function asText(rows: unknown): string {
  return JSON.stringify(rows, (_, value: unknown) => {
    if (typeof value === "bigint") return Number(value);
    return value instanceof Uint8Array ? [...value] : value;
  });
}
