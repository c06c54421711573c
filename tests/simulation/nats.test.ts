import { isSoak } from "@rerun-ts/test-support/node/environment";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildProgram, type Patch } from "./build.ts";
import { NATS_FAULTS } from "./nats-faults.ts";
import { natsSchedules, type NatsSchedule } from "./nats-schedule.ts";
import { currentGlobals } from "./current-globals.ts";
import { shortenStacks } from "./short-stacks.ts";
import { simulateNats, type NatsParts } from "./simulate-nats.ts";

const RUNS = isSoak ? 1_000_000 : 500;
/** How many schedules a search may try without a hint that a later start saves time. */
const FEW_RUNS = 100;
/** How many schedules a fault may survive. */
const FAULT_RUNS = 20_000;
const LONG_MS = isSoak ? 24 * 3_600_000 : 300_000;

shortenStacks();

/** The unchanged code. */
let intact: Promise<NatsParts> | undefined;

async function buildNats(patches: readonly Patch[] = []): Promise<NatsParts> {
  const create = await buildProgram("nats-parts.ts", patches);
  return create(currentGlobals()) as NatsParts;
}

function promisesHold(parts: NatsParts, only: Partial<NatsSchedule> = {}): fc.IAsyncPropertyWithHooks<[NatsSchedule]> {
  return fc.asyncProperty(natsSchedules, (schedule) => simulateNats(parts, { ...schedule, ...only }));
}

describe("producers that log through NATS", () => {
  it(`have each pack committed once in ${RUNS} simulated worlds`, { timeout: LONG_MS }, async () => {
    // A failure prints the seed and the path that repeat it, and the smallest schedule that was found.
    await fc.assert(promisesHold(await (intact ??= buildNats())), { numRuns: RUNS });
  });
});

describe("the simulation of ingest finds that", () => {
  it.each(Object.entries(NATS_FAULTS))(
    "%s",
    { timeout: LONG_MS },
    async (fault, { finding, only, patches, seed = 1, first = 0 }) => {
      const property = promisesHold(await buildNats(patches), only);
      const { errorInstance, counterexample, counterexamplePath } = await fc.check(property, {
        numRuns: FAULT_RUNS,
        endOnFailure: true,
        seed,
        path: String(first),
      });
      expect(String(errorInstance)).toMatch(finding);
      if (Number(counterexamplePath) - first > FEW_RUNS)
        console.warn(`set \`first\` to ${counterexamplePath}: ${fault}`);
      // Without the fault the same schedule keeps all promises.
      const [schedule] = counterexample as [NatsSchedule];
      await simulateNats(await (intact ??= buildNats()), { ...schedule, ...only });
    },
  );
});
