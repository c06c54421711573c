/** The results of the mutants, by file and by the mutant's number. */
export interface Outcomes {
  /** The mutants that a test has run. */
  readonly covered: Record<string, number[]>;
  /** The mutants that a test has noticed, with the name of the test. */
  readonly killed: Record<string, Record<number, string>>;
}

/** The functions that mutated files call, and which mutant is on. */
interface Switch {
  active: string | undefined;
  passes: number;
  /** The mutants that were run, as file and number, since this was emptied. */
  readonly run: Set<string>;
}

/** More passes of loops than any test needs: a mutant that needs more does not end. */
const MAX_PASSES = 300_000;

const state: Switch = { active: undefined, passes: 0, run: new Set() };

/** The switch of all mutants. Mutated files find it as a global, because they are loaded apart. */
export const mutantSwitch: Switch = state;

/** Makes the switch global. */
export function installSwitch(): void {
  Object.assign(globalThis, {
    isMutantActive(key: string): boolean {
      if (state.active === undefined) state.run.add(key);
      return state.active === key;
    },
    countMutantLoop(): void {
      if (state.active !== undefined && ++state.passes > MAX_PASSES) throw new Error("a loop does not end");
    },
  });
}
