import { isSoak } from "@rerun-ts/test-support/node/environment";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildProgram, type Patch } from "./build.ts";
import { SINK_FAULTS } from "./sink-faults.ts";
import { SinkModel, programs, type CreateSinkParts, type Step } from "./sink-model.ts";

const RUNS = isSoak ? 200_000 : 200;
/** How many programs a fault may survive. */
const FAULT_RUNS = 5000;
const LONG_MS = isSoak ? 24 * 3_600_000 : 120_000;

async function createParts(patches: readonly Patch[] = []): Promise<CreateSinkParts> {
  return (await buildProgram("sink-parts.ts", patches)) as CreateSinkParts;
}

/** @param finding the only problem that counts */
function promisesHold(create: CreateSinkParts, finding = /./): fc.IAsyncPropertyWithHooks<[readonly Step[]]> {
  return fc.asyncProperty(programs, async (steps) => {
    const model = new SinkModel(create);
    await model.run(steps);
    const problems = model.problems.filter((problem) => finding.test(problem));
    if (problems.length > 0) throw new Error(problems.join("; "));
  });
}

describe("the sinks of a recording", () => {
  it(`deliver or count every row in ${RUNS} programs`, { timeout: LONG_MS }, async () => {
    // A failure prints the seed and the path that repeat it, and the smallest program that was found.
    await fc.assert(promisesHold(await createParts()), { numRuns: RUNS });
  });
});

describe("the model of sinks finds that", () => {
  it.each(Object.entries(SINK_FAULTS))("%s", { timeout: LONG_MS }, async (_name, { finding, patches, seed = 1 }) => {
    const property = promisesHold(await createParts(patches), finding);
    const { errorInstance } = await fc.check(property, { numRuns: FAULT_RUNS, endOnFailure: true, seed });
    expect(String(errorInstance)).toMatch(finding);
  });
});
