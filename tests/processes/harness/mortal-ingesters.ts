import { setTimeout as sleep } from "node:timers/promises";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { S3_ENVIRONMENT } from "./bad-store.ts";
import { peakMemoryOf } from "./peak-memory.ts";
import { startProgram, type Program } from "./program.ts";
import type { Random } from "./test-random.ts";
import { Turnstile } from "./turnstile.ts";

const INGESTERS = 2;
/** The share of commits in which an ingester dies that is to die in one. */
const DEATH_PERCENTAGE = 20;
/** The shortest and the longest life of an ingester that is killed at any time. */
const MIN_LIFE_MS = isSoak ? 1000 : 3000;
const MAX_LIFE_MS = 5000;
/** Longer than any test, because an ingester that is to die in a commit needs no other end. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Ingesters that die, and are started again, until they are stopped: each in turn inside a commit and at any time. One
 * of the first dies inside a commit, the other one at any time.
 */
export class MortalIngesters {
  deaths: string[] = [];
  /** The largest memory of an ingester that was killed at any time, in megabytes. */
  peakMemory = 0;
  readonly #args: readonly string[];
  readonly #random: Random;
  readonly #env: Readonly<Record<string, string>>;
  readonly #running: Promise<void>[];
  /** The present life of each. */
  readonly #lives: Promise<void>[] = [];
  readonly #stop = new AbortController();
  readonly #programs = new Set<Program>();
  readonly #turnstile = new Turnstile();

  /**
   * @param args the server of NATS, and that of the bucket
   * @param env more variables of their environment
   */
  constructor(args: readonly string[], random: Random, env: Readonly<Record<string, string>> = {}) {
    this.#args = args;
    this.#env = env;
    this.#random = random;
    this.#running = Array.from({ length: INGESTERS }, (_, index) => this.#keepRunning(index));
  }

  /** Settles when one was killed at any time, and one has died inside a commit: a busy machine takes long for both. */
  async haveDied(): Promise<void> {
    const isAnyTime = (death: string): boolean => death === "at any time";
    while (!this.deaths.some(isAnyTime) || !this.deaths.some((death) => /parts|commit/.test(death)))
      await Promise.race(this.#lives);
  }

  /** Kills all, and starts none until {@link resume}. */
  async pause(): Promise<void> {
    this.#turnstile.close();
    for (const program of this.#programs) program.process.kill("SIGKILL");
    await Promise.all(Array.from(this.#programs, ({ ended }) => ended));
  }

  resume(): void {
    this.#turnstile.open();
  }

  /** From now on none is killed: the last ones run until this is called again. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.resume();
    await Promise.all(this.#running);
  }

  async #keepRunning(index: number): Promise<void> {
    for (let life = index; !this.#stop.signal.aborted; life++) await (this.#lives[index] = this.#live(life % 2 === 0));
  }

  async #live(diesInCommit: boolean): Promise<void> {
    await this.#turnstile.opened;
    const args = [...this.#args, String(diesInCommit ? DEATH_PERCENTAGE : 0)];
    const program = startProgram("nats-ingester", args, { env: { ...S3_ENVIRONMENT, ...this.#env } });
    this.#programs.add(program);
    const died = new AbortController();
    void program.ended.then(() => died.abort());
    died.signal.addEventListener("abort", () => this.#programs.delete(program));
    // It may be killed before it reports that it has started.
    await Promise.race([program.report().catch(() => undefined), program.ended]);
    const delay = diesInCommit ? LONGEST_MS : MIN_LIFE_MS + this.#random(MAX_LIFE_MS - MIN_LIFE_MS);
    await sleep(delay, undefined, { signal: AbortSignal.any([this.#stop.signal, died.signal]) }).catch(() => {});
    const hasEnded = program.process.exitCode !== null || program.process.signalCode !== null;
    this.peakMemory = Math.max(this.peakMemory, peakMemoryOf(program.process.pid));
    if (!hasEnded) program.process.kill("SIGKILL");
    const { reports } = await program.ended;
    const last = reports.at(-1) as { readonly death?: string } | undefined;
    this.deaths.push(hasEnded ? (last?.death ?? "by itself") : "at any time");
  }
}
