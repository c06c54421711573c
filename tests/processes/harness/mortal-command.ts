import type { CommandEnd } from "./command.ts";
import type { ProgramOptions } from "./program.ts";
import { RelayProgram } from "./relay-program.ts";

/** A command that runs until it is killed, and is started again in the same way. */
export class MortalCommand {
  readonly #args: readonly string[];
  readonly #expected: RegExp | undefined;
  readonly #options: ProgramOptions;
  #program: RelayProgram | undefined;

  private constructor(args: readonly string[], expected: RegExp | undefined, options: ProgramOptions) {
    this.#args = args;
    this.#expected = expected;
    this.#options = options;
  }

  /** Starts it. Resolves when it has printed a line that matches. */
  static async start(args: readonly string[], expected?: RegExp, options: ProgramOptions = {}): Promise<MortalCommand> {
    const command = new MortalCommand(args, expected, options);
    await command.resume();
    return command;
  }

  /** The number of its process. */
  get pid(): number | undefined {
    return this.#program?.pid;
  }

  /** Kills it. */
  async kill(): Promise<void> {
    await this.#program?.kill();
  }

  /** Starts it again. */
  async resume(): Promise<void> {
    this.#program = await RelayProgram.start(this.#args, this.#expected, this.#options);
  }

  async interrupt(signal?: NodeJS.Signals): Promise<CommandEnd | undefined> {
    return this.#program?.interrupt(signal);
  }
}
