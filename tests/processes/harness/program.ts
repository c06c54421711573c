import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { onTestFinished } from "vitest";

const PROGRAMS = join(import.meta.dirname, "../programs");
/** The file descriptor to which programs write their reports, since standard output may be a recording. */
const REPORTS_FD = 3;

/** The result of a program that has ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Its reports, oldest first. */
  readonly reports: readonly unknown[];
}

/** Options for starting a program. */
export interface ProgramOptions {
  /** Environment variables, in addition to the variables of the tests without Rerun's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder to run in. Default: the folder of the tests. */
  readonly cwd?: string;
  /** Arguments for Node itself. */
  readonly nodeArgs?: readonly string[];
  /** The user to run as, if these tests run as root. */
  readonly uid?: number;
}

/** A started program. It is killed at the end of the test if it still runs. */
export class Program {
  readonly process: ChildProcess;
  readonly ended: Promise<ProgramEnd>;
  readonly #reports: unknown[] = [];
  #onReport: (() => void) | undefined;
  #read = 0;
  #hasEnded = false;

  constructor(command: string, args: readonly string[], { cwd, env, uid }: ProgramOptions = {}) {
    const stdio: StdioOptions = ["ignore", "pipe", "pipe", "pipe"];
    const environment = { ...plainEnvironment(), ...env };
    // Detached, in a separate process group, so that it can be killed with the processes that it has started.
    const options = { stdio, cwd, env: environment, detached: true, ...(uid !== undefined && { uid }) };
    this.process = spawn(command, args, options);
    this.ended = this.#end();
    onTestFinished(() => this.#kill());
  }

  /** The next report. Rejects if the program ends without one. */
  async report(): Promise<unknown> {
    while (this.#read === this.#reports.length) {
      if (this.#hasEnded) throw new Error(`the program ended without a report: ${(await this.ended).stderr}`);
      await new Promise<void>((resolve) => (this.#onReport = resolve));
    }
    return this.#reports[this.#read++];
  }

  #kill(): void {
    if (!this.#hasEnded) killWithChildren(this.process.pid);
  }

  async #end(): Promise<ProgramEnd> {
    const reports = createInterface({ input: this.process.stdio[REPORTS_FD] as Readable });
    reports.on("line", (line) => {
      this.#reports.push(JSON.parse(line));
      this.#onReport?.();
    });
    const [stdout, stderr, [code, signal]] = await Promise.all([
      readAll(this.process.stdout as Readable),
      readAll(this.process.stderr as Readable),
      once(this.process, "close") as Promise<[number | null, NodeJS.Signals | null]>,
      once(reports, "close"),
    ]);
    this.#hasEnded = true;
    this.#onReport?.();
    return { code, signal, stdout, stderr: stderr.toString(), reports: this.#reports };
  }
}

/** The numbers of the processes that another one has started. Linux only. */
export function childrenOf(pid: number | undefined): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").map(Number).filter(Boolean);
  } catch {
    return [];
  }
}

/** Ends a process with its group and those of its children. */
export function killWithChildren(pid: number | undefined): void {
  if (pid === undefined) return;
  // A keeper starts its catalog in a group of its own, so that the catalog outlives the keeper.
  for (const group of [...childrenOf(pid), pid]) killGroup(group);
}

/** Ends a process with its group, if it is the leader of one and still runs. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended, or is in the group of another one.
  }
}

/** Starts a program of the folder `programs`. */
export function startProgram(name: string, args: readonly string[], options?: ProgramOptions): Program {
  return new Program(process.execPath, [...(options?.nodeArgs ?? []), programPath(name), ...args], options);
}

/** Runs a program of the folder `programs` to its end. */
export function runProgram(name: string, args: readonly string[], options?: ProgramOptions): Promise<ProgramEnd> {
  return startProgram(name, args, options).ended;
}

/** Runs a line of Bash to its end, in which `$NODE` `$PROGRAM` starts a program of the folder `programs`. */
export function runPipeline(line: string, name: string, env?: Readonly<Record<string, string>>): Promise<ProgramEnd> {
  const own = { NODE: process.execPath, PROGRAM: programPath(name) };
  return new Program("bash", ["-c", line], { env: { ...env, ...own } }).ended;
}

/** The lines of an output. */
export function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

function programPath(name: string): string {
  return join(PROGRAMS, `${name}.mjs`);
}

/** The environment of the tests without Rerun's variables. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, TMPDIR };
}

async function readAll(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
