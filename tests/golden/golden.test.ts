// The index of the goldens shortens long values. The tests take these from the recordings themselves
// (`rrdtools.py dump`), and also values that are random or depend on an encoder.
import { statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { isRerunThere, needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { compareAll, type Pair } from "./compare.ts";
import { FOLDER, readIndex } from "./goldens.ts";
import { replay } from "./replay.ts";
import { withFullValues } from "./rrdtools.ts";

const goldens = readIndex();

/** Returns the errors of our recordings, by the name of the golden. */
let problems: ReadonlyMap<string, readonly string[]> = new Map();

/** The sizes of our recordings as shares of the sizes of the Python SDK. */
const sizes = new Map<string, number>();

beforeAll(async () => {
  if (isRerunThere()) problems = await reproduceAll();
});

describe("recordings of the Python SDK", reproduced);

function reproduced(): void {
  for (const { name } of goldens) {
    test(name, (context) => {
      needRerun(context);
      expect(problemsOf(name)).toEqual([]);
    });
  }

  test("no recording is larger than Python's by more than a twentieth, and half of them are not larger", (context) => {
    needRerun(context);
    expect(sizes.size).toBeGreaterThan(100);
    const sorted = [...sizes.values()].toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(1);
    expect([...sizes].filter(([, share]) => share > 1.05)).toEqual([]);
  });
}

function problemsOf(name: string): readonly string[] {
  return problems.get(name) ?? ["it was not compared"];
}

async function reproduceAll(): Promise<ReadonlyMap<string, readonly string[]>> {
  const pairs: Pair[] = [];
  const failures = new Map<string, string[]>();
  for (const golden of await withFullValues(goldens)) {
    try {
      const ours = await replay(golden);
      pairs.push({ golden, ours });
      sizes.set(golden.name, statSync(ours).size / statSync(join(FOLDER, golden.file)).size);
    } catch (error) {
      failures.set(golden.name, [String(error)]);
    }
  }
  return new Map([...failures, ...(await compareAll(pairs))]);
}
