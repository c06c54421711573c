import { setTimeout as sleep } from "node:timers/promises";
import { S3_ENVIRONMENT } from "./bad-store.ts";
import { startProgram, type Program } from "./program.ts";
import type { Random } from "./test-random.ts";

const INGESTERS = 2;
/** The share of commits in which an ingester dies, and the longest life of one. */
const DEATH_PERCENTAGE = 12;
const MIN_LIFE_MS = 1000;
const MAX_LIFE_MS = 5000;

/** Ingesters that are killed, and started again, until they are stopped. */
export class MortalIngesters {
  deaths: string[] = [];
  readonly #args: readonly string[];
  readonly #random: Random;
  readonly #running: Promise<void>[];
  readonly #stop = new AbortController();

  constructor(args: readonly string[], random: Random) {
    this.#args = args;
    this.#random = random;
    this.#running = Array.from({ length: INGESTERS }, () => this.#keepRunning());
  }

  /** From now on none is killed: the last ones run until this is called again. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  async #keepRunning(): Promise<void> {
    for (let life = 0; !this.#stop.signal.aborted; life++) {
      const program = startProgram("nats-ingester", [...this.#args, String(DEATH_PERCENTAGE)], { env: S3_ENVIRONMENT });
      // On a busy machine all others may end before their first commit.
      if (life % 2 === 1) await this.#untilCommit(program);
      const time = sleep(MIN_LIFE_MS + this.#random(MAX_LIFE_MS - MIN_LIFE_MS), undefined, {
        signal: this.#stop.signal,
      }).catch(() => {});
      await Promise.race([time, program.ended]);
      const hasEnded = program.process.exitCode !== null || program.process.signalCode !== null;
      if (!hasEnded) program.process.kill("SIGKILL");
      const { reports } = await program.ended;
      const last = reports.at(-1) as { readonly death?: string } | undefined;
      this.deaths.push(hasEnded ? (last?.death ?? "by itself") : "at any time");
    }
  }

  /** Waits until an ingester has committed, has ended, or is to be stopped. */
  async #untilCommit(program: Program): Promise<void> {
    const { signal } = this.#stop;
    const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    const committed = async (): Promise<void> => {
      while (!("committed" in ((await program.report()) as object)));
    };
    await Promise.race([stopped, committed().catch(() => {})]);
  }
}
