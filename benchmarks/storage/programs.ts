import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "@rerun-ts/test-support/node/environment";
import { S3_CREDENTIALS, type S3Server } from "@rerun-ts/test-support/node/s3-server";
import { compiledPath } from "../compile-programs.ts";

const CLI = join(root, "packages/cli/dist/bundle/main.js");

/** The environment with the credentials and the address of a store. */
export function storeEnvironment({ url }: Pick<S3Server, "url">): NodeJS.ProcessEnv {
  const { accessKeyId, secretAccessKey } = S3_CREDENTIALS;
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_ENDPOINT_URL_S3: url };
}

/** A running program: a command of `rerun-ts`, or a compiled program. */
export class RunningProgram {
  readonly pid: number | undefined;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    const child = spawnReadable(args, env);
    this.#process = child;
    this.pid = child.pid;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Starts a command. */
  static command(args: readonly string[], env: NodeJS.ProcessEnv): RunningProgram {
    return new RunningProgram([CLI, ...args], env);
  }

  /** Starts a compiled program. */
  static compiled(path: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningProgram {
    return new RunningProgram([compiledPath(path), ...args], env);
  }

  /** The next line of its output. @throws if it ends before */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`a program has ended: ${this.#process.spawnargs.join(" ")}`);
    return value;
  }

  /** Waits for a line of its output. */
  async until(wanted: RegExp): Promise<void> {
    while (!wanted.test(await this.line())) {
      // Until then.
    }
  }

  /** Ends it. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill(signal);
    await ended;
  }
}

function spawnReadable(args: readonly string[], env: NodeJS.ProcessEnv) {
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
}
