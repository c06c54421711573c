import { S3_ENVIRONMENT } from "./bad-store.ts";
import type { Life } from "./fleet-rows.ts";
import { preloading } from "./preload.ts";
import { startProgram, type Program, type ProgramEnd } from "./program.ts";

/** The first rows of the lives of a robot. */
const LIFE_ROWS = 1_000_000;
/** Rounds of the last life. */
const LAST_ROUNDS = 4;

/** Settings of a {@link Robot}. */
export interface RobotSettings {
  readonly producer: number;
  readonly spool: string;
  /** The address of the server of its bucket, or a folder. */
  readonly place: string;
  readonly roundMs: number;
  /** Whether its clock jumps by days. */
  readonly hasWildClock: boolean;
  /** The file that lets its disk fail. */
  readonly faultyDisk: string;
}

/** A program with a spool that is killed, and started again. */
export class Robot {
  /** What it has flushed so far, by its lives. */
  readonly lives: Life[] = [];
  readonly #settings: RobotSettings;
  #program: Program | undefined;
  #count = 0;

  constructor(settings: RobotSettings) {
    this.#settings = settings;
    this.start();
  }

  /** The number of its process. */
  get pid(): number | undefined {
    return this.#program?.process.pid;
  }

  /** The folder of its spool. */
  get spool(): string {
    return this.#settings.spool;
  }

  /** Starts another life. */
  start(rounds = "endless"): void {
    const { producer, spool, place, roundMs, hasWildClock, faultyDisk } = this.#settings;
    const first = String(this.#count++ * LIFE_ROWS);
    const args = [spool, place, String(producer), first, rounds, String(roundMs)];
    const preloads = preloading("faulty-disk", ...(hasWildClock ? (["wild-clock"] as const) : []));
    const env = { ...S3_ENVIRONMENT, ...preloads, RERUN_TS_FAULTY_DISK: faultyDisk };
    this.#program = startProgram("parts-producer", args, { env });
  }

  /** Ends a life. Resolves to what it has flushed. */
  async die(): Promise<Life> {
    this.#program?.process.kill("SIGKILL");
    return this.#lifeOf(await this.#program?.ended);
  }

  /** Kills it, and starts it again. */
  async kill(): Promise<void> {
    this.lives.push(await this.die());
    this.start();
  }

  /** Kills it, and lets its next life end by itself. Resolves to that end. */
  async finish(): Promise<ProgramEnd | undefined> {
    this.lives.push(await this.die());
    this.start(String(LAST_ROUNDS));
    const end = await this.#program?.ended;
    this.lives.push(this.#lifeOf(end));
    return end;
  }

  #lifeOf(end: ProgramEnd | undefined): Life {
    const first = (this.#count - 1) * LIFE_ROWS;
    const none = { rows: first, clouds: first, unsure: [] };
    const flushed = (end?.reports.at(-1) ?? none) as Omit<Life, "producer" | "first">;
    return { ...flushed, producer: this.#settings.producer, first };
  }
}
