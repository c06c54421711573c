import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { Program, type ProgramEnd, type ProgramOptions } from "./program.ts";

/** The program `rerun-ts`. */
export const CLI: string = join(import.meta.dirname, "../../../packages/node/dist/cli/main.js");

/** Runs `rerun-ts` to its end, in a process of its own. `runWarmCli` takes less time. */
export function runCli(args: readonly string[], options?: ProgramOptions): Promise<ProgramEnd> {
  return new Program(process.execPath, [CLI, ...args], options).ended;
}

/** `rerun-ts serve`, or another command that runs until it is interrupted. It is killed at the end of the test. */
export class RelayProgram {
  /** The lines that it has printed so far. */
  readonly lines: string[] = [];
  readonly #program: Program;

  private constructor(args: readonly string[], options: ProgramOptions) {
    this.#program = new Program(process.execPath, [CLI, ...args], options);
    const lines = createInterface({ input: this.#program.process.stdout as Readable });
    lines.on("line", (line) => this.lines.push(line));
  }

  /** Starts the program. Resolves when the program has printed a line that matches. */
  static async start(
    args: readonly string[],
    expected: RegExp = /^Serving at /,
    options: ProgramOptions = {},
  ): Promise<RelayProgram> {
    const program = new RelayProgram(args, options);
    const { stdout } = program.#program.process;
    while (!program.lines.some((line) => expected.test(line))) {
      const end = program.#program.ended.then(({ stderr }) => Promise.reject(new Error(`it ended: ${stderr}`)));
      await Promise.race([once(stdout as Readable, "data"), end]);
      end.catch(() => {});
    }
    return program;
  }

  /** The number of the process. */
  get pid(): number | undefined {
    return this.#program.process.pid;
  }

  /** The URL that it has printed last. */
  get url(): string {
    return /at (\S+)$/.exec(this.lines.findLast((line) => /at \S+$/.test(line)) ?? "")?.[1] ?? "";
  }

  /** The URL for WebSockets. */
  get socketUrl(): string {
    return /(?<=\/\/)[^/]+/.exec(this.url)?.[0]?.replace(/^/, "ws://").concat("/ws") ?? "";
  }

  get port(): number {
    return Number(/:(\d+)\b/.exec(this.url.replace(/^\S+:\/\//, "//"))?.[1]);
  }

  /** Its end. */
  get ended(): Promise<ProgramEnd> {
    return this.#program.ended;
  }

  /** Kills it at once, with SIGKILL. */
  async kill(): Promise<void> {
    this.#program.process.kill("SIGKILL");
    await this.#program.ended;
  }

  /** Interrupts it, as Ctrl-C does, or with another signal. */
  async interrupt(signal: NodeJS.Signals = "SIGINT"): Promise<ProgramEnd> {
    this.#program.process.kill(signal);
    return this.#program.ended;
  }
}
