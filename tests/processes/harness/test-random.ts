import { randomInt } from "node:crypto";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { onTestFailed } from "vitest";

/** Random integers below a limit. */
export type Random = (below: number) => number;

/** Random integers below a limit for the test that runs. If it fails, it prints the seed. */
export function testRandom(): Random {
  const seed = randomInt(2 ** 31);
  onTestFailed(() => console.error(`The seed of its random numbers is ${seed}.`));
  return seededRandom(seed);
}
