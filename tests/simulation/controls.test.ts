import { isSoak } from "@rerun-ts/test-support/node/environment";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildProgram, type Patch } from "./build.ts";
import { CONTROL_FAULTS } from "./control-faults.ts";
import { controlSchedules, type ControlSchedule } from "./control-schedule.ts";
import { currentGlobals } from "./current-globals.ts";
import { shortenStacks } from "./short-stacks.ts";
import { simulateControls, type ControlParts } from "./simulate-controls.ts";

const RUNS = isSoak ? 1_000_000 : 300;
/** How many schedules a search may try without a hint that a later start saves time. */
const FEW_RUNS = 100;
/** How many schedules a fault may survive. */
const FAULT_RUNS = 20_000;
const LONG_MS = isSoak ? 24 * 3_600_000 : 300_000;
const STAND_INS = "tests/simulation/control-stand-ins.ts";

shortenStacks();

/** The unchanged code. */
let intact: Promise<ControlParts> | undefined;

async function buildControls(patches: readonly Patch[] = []): Promise<ControlParts> {
  const create = await buildProgram("control-parts.ts", patches, {
    "@rerun-ts/types": STAND_INS,
    "@rerun-ts/core/recording": STAND_INS,
    "node:crypto": STAND_INS,
    "#platform": "packages/controls/src/platform/page/platform.ts",
  });
  // A panel outside of a page.
  return create(Object.assign(Object.create(currentGlobals()), { document: undefined })) as ControlParts;
}

function promisesHold(
  parts: ControlParts,
  only: Partial<ControlSchedule> = {},
): fc.IAsyncPropertyWithHooks<[ControlSchedule]> {
  return fc.asyncProperty(controlSchedules, (schedule) => simulateControls(parts, { ...schedule, ...only }));
}

describe("controls", () => {
  it(`keep their promises in ${RUNS} simulated worlds`, { timeout: LONG_MS }, async () => {
    // A failure prints the seed and the path that repeat it, and the smallest schedule that was found.
    await fc.assert(promisesHold(await (intact ??= buildControls())), { numRuns: RUNS });
  });
});

describe("the simulation of controls finds that", () => {
  it.each(Object.entries(CONTROL_FAULTS))(
    "%s",
    { timeout: LONG_MS },
    async (fault, { finding, patches, only = {}, seed = 1, first = 0 }) => {
      const property = promisesHold(await buildControls(patches), only);
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
      const [schedule] = counterexample as [ControlSchedule];
      await simulateControls(await (intact ??= buildControls()), { ...schedule, ...only });
    },
  );
});
