import { isSoak } from "@rerun-ts/test-support/node/environment";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildProgram, type Patch } from "./build.ts";
import { COMPACTION_FAULTS } from "./compaction-faults.ts";
import { compactionSchedules, type CompactionSchedule } from "./compaction-schedule.ts";
import { currentGlobals } from "./current-globals.ts";
import { shortenStacks } from "./short-stacks.ts";
import { simulateCompaction, type CompactionParts } from "./simulate-compaction.ts";

const RUNS = isSoak ? 1_000_000 : 200;
/** How many schedules a search may try without a hint that a later start saves time. */
const FEW_RUNS = 100;
/** How many schedules a fault may survive. */
const FAULT_RUNS = 20_000;
const LONG_MS = isSoak ? 24 * 3_600_000 : 300_000;

shortenStacks();

async function buildCompaction(patches: readonly Patch[] = []): Promise<CompactionParts> {
  const create = await buildProgram("compaction-parts.ts", patches);
  return create(currentGlobals()) as CompactionParts;
}

function promisesHold(
  parts: CompactionParts,
  only: Partial<CompactionSchedule> = {},
): fc.IAsyncPropertyWithHooks<[CompactionSchedule]> {
  return fc.asyncProperty(compactionSchedules, (schedule) => simulateCompaction(parts, { ...schedule, ...only }));
}

describe("parts that are compacted and removed", () => {
  it(`have each row once for all readers in ${RUNS} simulated worlds`, { timeout: LONG_MS }, async () => {
    // A failure prints the seed and the path that repeat it, and the smallest schedule that was found.
    await fc.assert(promisesHold(await buildCompaction()), { numRuns: RUNS });
  });
});

describe("the simulation of compaction finds that", () => {
  it.each(Object.entries(COMPACTION_FAULTS))(
    "%s",
    { timeout: LONG_MS },
    async (fault, { finding, only, patches, seed = 1, first = 0 }) => {
      const property = promisesHold(await buildCompaction(patches), only);
      const { errorInstance, counterexamplePath } = await fc.check(property, {
        numRuns: FAULT_RUNS,
        endOnFailure: true,
        seed,
        path: String(first),
      });
      expect(String(errorInstance)).toMatch(finding);
      if (Number(counterexamplePath) - first > FEW_RUNS)
        console.warn(`set \`first\` to ${counterexamplePath}: ${fault}`);
    },
  );
});
