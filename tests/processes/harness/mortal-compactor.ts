import { setTimeout as sleep } from "node:timers/promises";
import { S3_ENVIRONMENT } from "./bad-store.ts";
import { CLI } from "./command.ts";
import { Program } from "./program.ts";
import type { Random } from "./test-random.ts";
import { Turnstile } from "./turnstile.ts";

const DEATH_PERCENTAGE = 30;
const MAX_LIFE_MS = 1500;
const MAX_PAUSE_MS = 4000;
/** The age of deleted objects, in seconds: longer than any reader of the tests needs. */
const DELETE_AFTER = 20;

/** `rerun-ts compact` in a loop, which is killed now and then. */
export class MortalCompactor {
  /** The number of runs that were killed, and of those that ended. */
  killed = 0;
  ended = 0;
  readonly #args: readonly string[];
  readonly #random: Random;
  readonly #env: Readonly<Record<string, string>>;
  readonly #running: Promise<void>;
  readonly #turnstile = new Turnstile();
  #isStopped = false;
  #program: Program | undefined;

  /**
   * @param store the store, and the arguments about it
   * @param env more variables of its environment
   */
  constructor(store: readonly string[], random: Random, env: Readonly<Record<string, string>>) {
    const limits = ["--min-parts", "3", "--delete-after", String(DELETE_AFTER)];
    this.#args = ["compact", ...store, "--dataset", "fleet", ...limits];
    this.#random = random;
    this.#env = { ...S3_ENVIRONMENT, ...env };
    this.#running = this.#run();
  }

  /** The number of the process that runs now. */
  get pid(): number | undefined {
    return this.#program?.process.pid;
  }

  /** Kills the run, and starts none until {@link resume}. */
  async pause(): Promise<void> {
    this.#turnstile.close();
    this.#program?.process.kill("SIGKILL");
    await this.#program?.ended;
  }

  resume(): void {
    this.#turnstile.open();
  }

  /** Ends the loop after its last run. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      await this.#turnstile.opened;
      const program = new Program(process.execPath, [CLI, ...this.#args], { env: this.#env });
      this.#program = program;
      if (this.#random(100) < DEATH_PERCENTAGE) {
        await sleep(this.#random(MAX_LIFE_MS));
        program.process.kill("SIGKILL");
        this.killed++;
      } else this.ended++;
      await program.ended;
      await sleep(this.#random(MAX_PAUSE_MS));
    }
  }
}
