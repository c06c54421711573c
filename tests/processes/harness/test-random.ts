import { randomInt } from "node:crypto";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { onTestFailed } from "vitest";

/** Random integers below a limit. */
export type Random = (below: number) => number;

/** {@link Random} with its seed. */
export type SeededRandom = Random & { readonly seed: number };

/**
 * Random integers below a limit for the test that runs. If it fails, it prints the seed. The variable `RERUN_TS_SEED`
 * of the environment repeats a seed.
 */
export function testRandom(): SeededRandom {
  const { RERUN_TS_SEED: given } = process.env;
  const seed = given === undefined ? randomInt(2 ** 31) : Number(given);
  onTestFailed(() => console.error(`The seed of its random numbers is ${seed}: set RERUN_TS_SEED to repeat it.`));
  return Object.assign(seededRandom(seed), { seed });
}
