import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

const CLI = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));

/** A relay in a process, which saves the received messages to a file: `rerun-ts serve --save`. */
export class SavingRelay {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  static async start(port: number, file: string, ...options: readonly string[]): Promise<SavingRelay> {
    const args = [CLI, "serve", "--port", String(port), "--save", file, ...options];
    const relay = new SavingRelay(spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] }));
    for await (const line of createInterface({ input: relay.#process.stdout as Readable })) {
      if (line.startsWith("Serving at ")) return relay;
    }
    throw new Error("the relay ended before it served");
  }

  /** Kills it at once. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Lets it complete its file. */
  async stop(): Promise<void> {
    await this.#end("SIGINT");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill(signal);
    await ended;
  }
}
