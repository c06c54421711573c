import { isSoak } from "@rerun-ts/test-support/node/environment";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildParts, type CreateParts } from "./build.ts";
import { FAULTS } from "./faults.ts";
import { schedules, type Schedule } from "./schedule.ts";
import { shortenStacks } from "./short-stacks.ts";
import { simulate } from "./simulate.ts";

const RUNS = isSoak ? 1_000_000 : 150;
/** How many worlds a fault may survive. */
const FAULT_RUNS = 20_000;
const LONG_MS = isSoak ? 24 * 3_600_000 : 300_000;

shortenStacks();

function promisesHold(createParts: CreateParts, only: Partial<Schedule> = {}): fc.IAsyncPropertyWithHooks<[Schedule]> {
  return fc.asyncProperty(schedules, (schedule) => simulate(createParts, { ...schedule, ...only }));
}

describe("a program that logs to a relay", () => {
  it(`keeps its promises in ${RUNS} simulated worlds`, { timeout: LONG_MS }, async () => {
    // A failure prints the seed and the path that repeat it, and the smallest schedule that was found.
    await fc.assert(promisesHold(await buildParts()), { numRuns: RUNS });
  });
});

describe("the simulation finds that", () => {
  it.each(Object.entries(FAULTS))(
    "%s",
    { timeout: LONG_MS },
    async (_name, { finding, only, patches, seed = 1, first = 0 }) => {
      const property = promisesHold(await buildParts(patches), only);
      // A fault may break several promises: with one seed it is always found by the same one.
      const { errorInstance } = await fc.check(property, {
        numRuns: FAULT_RUNS,
        endOnFailure: true,
        seed,
        path: String(first),
      });
      expect(String(errorInstance)).toMatch(finding);
    },
  );

  it("rejects a fault that cannot be put back", async () => {
    const patch = { file: "packages/core/src/batch/batcher.ts", from: "no such text", to: "" };
    await expect(buildParts([patch])).rejects.toThrow(/has 0 times instead of once: no such text/);
  });
});
