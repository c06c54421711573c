import { join } from "node:path";
import { S3_ENVIRONMENT } from "./bad-store.ts";
import type { Life } from "./fleet-rows.ts";
import { startProgram, type Program, type ProgramEnd } from "./program.ts";

/** The first rows of the lives of a robot. */
const LIFE_ROWS = 1_000_000;
/** Rounds of the last life. */
const LAST_ROUNDS = 4;

/** Settings of a {@link Robot}. */
export interface RobotSettings {
  readonly producer: number;
  readonly spool: string;
  readonly endpoint: string;
  readonly roundMs: number;
  /** Whether its clock jumps by days. */
  readonly hasWildClock: boolean;
}

/** A program with a spool that is killed, and started again. */
export class Robot {
  /** What it has flushed so far, by its lives. */
  readonly lives: Life[] = [];
  readonly #settings: RobotSettings;
  #program: Program;

  constructor(settings: RobotSettings) {
    this.#settings = settings;
    this.#program = this.#start("endless");
  }

  /** The number of its process. */
  get pid(): number | undefined {
    return this.#program.process.pid;
  }

  /** Kills it, and starts it again. */
  async kill(): Promise<void> {
    this.#program.process.kill("SIGKILL");
    this.#note(await this.#program.ended);
    this.#program = this.#start("endless");
  }

  /** Kills it, and lets its next life end by itself. Resolves to that end. */
  async finish(): Promise<ProgramEnd> {
    this.#program.process.kill("SIGKILL");
    this.#note(await this.#program.ended);
    this.#program = this.#start(String(LAST_ROUNDS));
    const end = await this.#program.ended;
    this.#note(end);
    return end;
  }

  #start(rounds: string): Program {
    const { producer, spool, endpoint, roundMs, hasWildClock } = this.#settings;
    const first = String(this.lives.length * LIFE_ROWS);
    const args = [spool, endpoint, String(producer), first, rounds, String(roundMs)];
    const nodeArgs = hasWildClock ? ["--import", join(import.meta.dirname, "../programs/lib/wild-clock.mjs")] : [];
    return startProgram("parts-producer", args, { env: S3_ENVIRONMENT, nodeArgs });
  }

  #note({ reports }: ProgramEnd): void {
    const first = this.lives.length * LIFE_ROWS;
    const flushed = (reports.at(-1) ?? { rows: first, clouds: first }) as Pick<Life, "rows" | "clouds">;
    this.lives.push({ ...flushed, producer: this.#settings.producer, first });
  }
}
