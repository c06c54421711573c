import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { CLI, type Command, type CommandEnd } from "./command.ts";
import { Program, type ProgramEnd, type ProgramOptions } from "./program.ts";
import { WarmCommand } from "./warm-cli.ts";

/** A line that `rerun-ts serve` prints when it accepts connections. */
const SERVING = /^Serving at /;

/** Runs `rerun-ts` to its end, in a process of its own. `runWarmCli` takes less time. */
export function runCli(args: readonly string[], options?: ProgramOptions): Promise<ProgramEnd> {
  return new Program(process.execPath, [CLI, ...args], options).ended;
}

/** A command in a process of its own. */
class CommandProgram extends Program implements Command {
  constructor(args: readonly string[], options: ProgramOptions) {
    super(process.execPath, [CLI, ...args], options);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get stdout(): Readable {
    return this.process.stdout as Readable;
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }
}

/** `rerun-ts serve`, or another command that runs until it is interrupted. It is killed at the end of the test. */
export class RelayProgram {
  /** The lines that it has printed so far. */
  readonly lines: string[] = [];
  readonly #command: Command;

  private constructor(command: Command) {
    this.#command = command;
    const lines = createInterface({ input: command.stdout });
    lines.on("line", (line) => this.lines.push(line));
  }

  /** Starts the program in a process of its own. Resolves when the program has printed a line that matches. */
  static start(args: readonly string[], expected = SERVING, options: ProgramOptions = {}): Promise<RelayProgram> {
    return new RelayProgram(new CommandProgram(args, options)).#hasPrinted(expected);
  }

  /**
   * Starts the program in a process that may have run other commands, as `runWarmCli` does, and that a signal reaches
   * as well. This takes a fifth of the time.
   */
  static startWarm(args: readonly string[], expected = SERVING, options: ProgramOptions = {}): Promise<RelayProgram> {
    return new RelayProgram(new WarmCommand(args, options)).#hasPrinted(expected);
  }

  async #hasPrinted(expected: RegExp): Promise<this> {
    const { stdout, ended } = this.#command;
    while (!this.lines.some((line) => expected.test(line))) {
      const end = ended.then(({ stderr }) => Promise.reject(new Error(`it ended: ${stderr}`)));
      await Promise.race([once(stdout, "data"), end]);
      end.catch(() => {});
    }
    return this;
  }

  /** The number of the process. */
  get pid(): number | undefined {
    return this.#command.pid;
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
  get ended(): Promise<CommandEnd> {
    return this.#command.ended;
  }

  /** Kills it at once, with SIGKILL. */
  async kill(): Promise<void> {
    this.#command.kill("SIGKILL");
    await this.#command.ended;
  }

  /** Interrupts it, as Ctrl-C does, or with another signal. */
  async interrupt(signal: NodeJS.Signals = "SIGINT"): Promise<CommandEnd> {
    this.#command.kill(signal);
    return this.#command.ended;
  }
}
