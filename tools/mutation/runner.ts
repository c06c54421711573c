// A runner of Vitest that repeats each test with each mutant that it runs, until a test has noticed the mutant.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { TestRunner, vi, type RunnerTestCase } from "vitest";
import { getFn } from "vitest/suite";
import { installSwitch, mutantSwitch, type Outcomes } from "./switch.ts";

/** A mutant that keeps a test waiting for longer is noticed: the test would never end. */
const MAX_WAIT_MS = 3000;
const OUTCOMES = process.env["MUTATION_OUTCOMES"] ?? "";

/** The timer of the platform, also while a test has a clock of its own. */
const { setTimeout: startTimer } = globalThis;

installSwitch();

export default class MutationRunner extends TestRunner {
  readonly #outcomes: Outcomes = existsSync(OUTCOMES)
    ? (JSON.parse(readFileSync(OUTCOMES, "utf8")) as Outcomes)
    : { covered: {}, killed: {} };

  async runTask(test: RunnerTestCase): Promise<void> {
    const run = getFn(test) as () => Promise<void>;
    mutantSwitch.run.clear();
    await run();
    restorePlatform();
    for (const key of mutantSwitch.run) await this.#try(key, test, run);
  }

  async #try(key: string, test: RunnerTestCase, run: () => Promise<void>): Promise<void> {
    const at = key.lastIndexOf("#");
    const [file, id] = [key.slice(0, at), Number(key.slice(at + 1))];
    const covered = (this.#outcomes.covered[file] ??= []);
    if (!covered.includes(id)) covered.push(id);
    const killed = (this.#outcomes.killed[file] ??= {});
    if (killed[id] !== undefined) return;
    mutantSwitch.active = key;
    mutantSwitch.passes = 0;
    let timer: NodeJS.Timeout | undefined;
    try {
      const wait = new Promise<never>((_, reject) => {
        timer = startTimer(() => reject(new Error("the test does not end")), MAX_WAIT_MS);
      });
      await Promise.race([run(), wait]);
    } catch {
      killed[id] = `${test.file.name}: ${test.name}`;
    } finally {
      mutantSwitch.active = undefined;
      restorePlatform();
      clearTimeout(timer);
    }
  }

  override onAfterRunFiles(): void {
    writeFileSync(OUTCOMES, JSON.stringify(this.#outcomes));
  }
}

/** Does what a test does when it has finished, because it is repeated before that. */
function restorePlatform(): void {
  vi.useRealTimers();
  vi.restoreAllMocks();
}
