import type { Golden } from "./goldens.ts";
import { runRerun, type Outcome } from "./programs.ts";
import { runCommands } from "./rrdtools.ts";

/** How many programs run at the same time. */
const CONCURRENCY = 2;

/** A golden, and the file that should be the same. */
export interface Pair {
  readonly golden: Golden;
  readonly ours: string;
}

/** A command that compares the files of a pair. */
interface Comparison {
  readonly pair: Pair;
  /** As the index has it. */
  readonly command: string;
  readonly program: string;
  readonly args: readonly string[];
}

/** Runs all commands that a pair must pass. Returns the output of the commands that find a difference, by golden. */
export async function compareAll(pairs: readonly Pair[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const comparisons = pairs.flatMap((pair) => pair.golden.compare.map((command) => parse(command, pair)));
  const byTool = comparisons.filter(({ program }) => program === "python rrdtools.py");
  const byRerun = comparisons.filter(({ program }) => program === "rerun");
  if (byTool.length + byRerun.length !== comparisons.length) throw new Error("there is a command of another program");
  const [ofTool, ofRerun] = await Promise.all([runCommands(byTool.map(({ args }) => args)), runAll(byRerun)]);

  const found = new Map(pairs.map(({ golden }) => [golden.name, [] as string[]]));
  const note = ({ pair, command }: Comparison, outcome: Outcome | undefined): void => {
    if (outcome?.code !== 0) found.get(pair.golden.name)?.push(`${command}\n${outcome?.output ?? "did not run"}`);
  };
  byTool.forEach((comparison, index) => note(comparison, ofTool[index]));
  byRerun.forEach((comparison, index) => note(comparison, ofRerun[index]));
  return found;
}

function parse(command: string, pair: Pair): Comparison {
  const words = command.split(" ").map((word) => (word === "YOURS.rrd" ? pair.ours : word));
  if (!words.includes(pair.ours)) throw new Error(`not to be understood: ${command}`);
  const length = words[0] === "python" ? 2 : 1;
  return { pair, command, program: words.slice(0, length).join(" "), args: words.slice(length) };
}

async function runAll(comparisons: readonly Comparison[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < comparisons.length) {
      const index = next++;
      outcomes[index] = await runRerun(comparisons[index]?.args ?? []);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return outcomes;
}
