import { setImmediate as nextTurn } from "node:timers/promises";
import { Script } from "node:vm";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { Coverage } from "./coverage.ts";
import { mutated } from "./mutate.ts";
import type { FuzzTarget } from "./target.ts";

/** Inputs after which coverage is read once: reading it takes longer than most inputs do. */
const BATCH = 24;
/** An input of at most 16 KiB that takes longer is a hang. */
const HANG_MS = 10_000;
const RUN = new Script("globalThis.fuzzOnce()");

/** The end of a run. */
export interface FuzzResult {
  readonly inputs: number;
  readonly reached: number;
  /** Inputs that reached something new. */
  readonly interesting: readonly Uint8Array[];
  /** The input that failed, and its error. */
  readonly failure: { readonly input: Uint8Array; readonly error: unknown } | undefined;
}

/** Runs one input. Rejects if it takes too long, or ends in an error that the target does not expect. */
export async function runInput(target: FuzzTarget, input: Uint8Array): Promise<void> {
  let result: Promise<void> | undefined;
  // The timeout also ends loops that never yield.
  Object.assign(globalThis, { fuzzOnce: () => (result = target.run(Uint8Array.from(input)) ?? undefined) });
  RUN.runInThisContext({ timeout: HANG_MS });
  await result;
}

/** Mutates inputs for some seconds, and continues with the inputs that reach new parts of the code. */
export async function fuzz(
  target: FuzzTarget,
  corpus: readonly Uint8Array[],
  seconds: number,
  seed: number,
): Promise<FuzzResult> {
  const random = seededRandom(seed);
  const coverage = new Coverage();
  const pool: Uint8Array[] = [];
  const interesting: Uint8Array[] = [];
  let inputs = 0;
  const run = async (input: Uint8Array): Promise<{ readonly error: unknown } | undefined> => {
    inputs++;
    try {
      await runInput(target, input);
      return undefined;
    } catch (error) {
      return { error };
    }
  };
  const result = (failure?: FuzzResult["failure"]): FuzzResult => {
    return { inputs, reached: coverage.reached, interesting, failure };
  };
  for (const input of [...target.seeds(), ...corpus]) {
    const failed = await run(input);
    if (failed !== undefined) return result({ input, ...failed });
    coverage.takeNews();
    pool.push(input);
  }
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    // Waits so that the timers of an input end, and its memory is freed.
    await nextTurn();
    const batch = Array.from({ length: BATCH }, () => {
      // Newer inputs reach deeper.
      const index = random(2) === 0 ? random(pool.length) : pool.length - 1 - random(Math.min(pool.length, 8));
      const other = pool[random(pool.length)] as Uint8Array;
      return mutated(pool[index] as Uint8Array, other, target.words ?? [], random);
    });
    for (const input of batch) {
      const failed = await run(input);
      if (failed !== undefined) return result({ input, ...failed });
    }
    if (!coverage.takeNews()) continue;
    coverage.forgetNews();
    for (const input of batch) {
      await run(input);
      if (!coverage.takeNews()) continue;
      pool.push(input);
      interesting.push(input);
    }
  }
  return result();
}
