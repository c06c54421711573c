import type { Gap } from "../codegen/gaps.ts";

/** One step of an upgrade. A step that was done before changes nothing. */
export interface Step {
  readonly title: string;
  /** Whether it needs everything before it to be complete. Default: `false` */
  readonly needsNoGaps?: boolean;
  readonly run: () => Promise<StepResult>;
}

export interface StepResult {
  /** The changes, and the texts that a person should read, one a line. */
  readonly notes?: readonly string[];
  /** The texts that a person must write before the upgrade goes on. */
  readonly gaps?: readonly Gap[];
}

/**
 * Runs the steps in their order, and prints each. Stops before the first step that needs a missing text.
 * @returns the gaps; none if the upgrade is complete
 */
export async function runSteps(steps: readonly Step[], print: (text: string) => void): Promise<readonly Gap[]> {
  const gaps: Gap[] = [];
  for (const [index, { title, needsNoGaps = false, run }] of steps.entries()) {
    if (needsNoGaps && gaps.length > 0) break;
    print(`[${index + 1}/${steps.length}] ${title}`);
    const { notes = [], gaps: found = [] } = await run();
    for (const note of notes) print(`      ${note}`);
    gaps.push(...found);
  }
  if (gaps.length > 0) print(`\n${gaps.length} gaps. Fill them, and run the same command again:`);
  for (const { file, problem, todo } of gaps) print(`  ${file}\n    ${problem}: ${todo}`);
  return gaps;
}
