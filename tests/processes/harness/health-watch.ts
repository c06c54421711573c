import { setTimeout as sleep } from "node:timers/promises";
import { S3_ENVIRONMENT } from "./bad-store.ts";
import { runCli } from "./relay-program.ts";

/** How long something due may not happen while all programs say that all is well, in seconds. */
const LIMIT_S = 30;
const SAMPLE_MS = 1000;
/** The samples between two looks at the fleet. */
const LOOK_SAMPLES = 5;

/** A problem of a fleet, as `fleet status --json` has it. */
interface Problem {
  readonly problem: string;
}

/**
 * Compares what programs say about themselves with what `rerun-ts fleet status` finds in the bucket, in NATS and in the
 * catalog: work that is due for {@link LIMIT_S} seconds while each of the programs has been healthy for as long.
 */
export class HealthWatch {
  /** What was wrong while all programs were healthy. */
  readonly untrue: string[] = [];
  readonly #isHealthy: () => Promise<boolean>;
  readonly #args: readonly string[];
  readonly #running: Promise<void>;
  #isStopped = false;

  /**
   * @param isHealthy whether all programs say that all is well
   * @param args the arguments of `fleet status`
   */
  constructor(isHealthy: () => Promise<boolean>, args: readonly string[]) {
    this.#isHealthy = isHealthy;
    this.#args = ["fleet", "status", ...args, "--overdue-after", `${LIMIT_S}`, "--json"];
    this.#running = this.#watch();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #watch(): Promise<void> {
    let healthySince = performance.now();
    let since = new Map<string, number>();
    for (let sample = 0; !this.#isStopped; sample++) {
      await sleep(SAMPLE_MS);
      const now = performance.now();
      if (!(await this.#isHealthy().catch(() => false))) healthySince = now;
      if (sample % LOOK_SAMPLES > 0) continue;
      const { stdout } = await runCli(this.#args, { env: S3_ENVIRONMENT });
      const found = problemsIn(stdout.toString()).map(({ problem }) => problem);
      // The same problem, with other numbers and names.
      const kinds = found.map((problem) => problem.replaceAll(/\d+/g, "").replace(/:.*/s, ""));
      since = new Map(kinds.map((kind) => [kind, since.get(kind) ?? now]));
      for (const [index, kind] of kinds.entries())
        if (now - Math.max(healthySince, since.get(kind) ?? now) > 1000 * LIMIT_S) this.untrue.push(found[index] ?? "");
    }
  }
}

/** The problems in an answer. It has none if the servers of the fleet are away. */
export function problemsIn(json: string): readonly Problem[] {
  return json === "" ? [] : (JSON.parse(json) as { readonly problems: readonly Problem[] }).problems;
}
