import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { CLI, type Command, type CommandEnd } from "./command.ts";
import { killWithChildren, plainEnvironment, type ProgramOptions } from "./program.ts";

const HOST = join(import.meta.dirname, "warm-cli.mjs");
/** The processes that may wait for the next command. */
const MOST_IDLE = 3;
/** How long a command that a test has left may take to end, so that its process can run the next one. */
const LAST_MS = 1000;

/** A part of the output of a command, or its end. */
interface Message {
  readonly stdout?: Uint8Array;
  readonly stderr?: Uint8Array;
  readonly code?: number;
}

const idle: ChildProcess[] = [];
/** The last command of {@link runWarmCli} that was started. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `rerun-ts` in a process that has loaded it for an earlier command: starting a process takes most of the time of
 * a command. Commands run one after the other. For standard input, terminals, descriptors, the memory of a process, and
 * proofs that a process ends use `runCli`, which starts one.
 */
export function runWarmCli(args: readonly string[], options: ProgramOptions = {}): Promise<CommandEnd> {
  const end = last.then(() => new WarmCommand(args, options).ended);
  last = end.catch(() => {});
  return end;
}

/** A command in a process that may have run others before, and runs others afterwards unless it is killed. */
export class WarmCommand implements Command {
  readonly stdout: PassThrough = new PassThrough();
  readonly ended: Promise<CommandEnd>;
  readonly #host: ChildProcess;

  constructor(args: readonly string[], { env, cwd }: ProgramOptions = {}) {
    const host = (this.#host = idle.pop() ?? startHost());
    const printed = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
    let hasEnded = false;
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        hasEnded = true;
        for (const event of ["exit", "message"]) host.removeAllListeners(event);
        this.stdout.end();
        const [stdout, stderr] = [Buffer.concat(printed.stdout), Buffer.concat(printed.stderr).toString()];
        resolve({ code, signal, stdout, stderr });
      };
      host.on("exit", end);
      host.on("message", ({ stdout, stderr, code }: Message) => {
        if (stdout !== undefined) {
          printed.stdout.push(stdout);
          this.stdout.write(stdout);
        }
        if (stderr !== undefined) printed.stderr.push(stderr);
        if (code === undefined) return;
        end(code, null);
        if (idle.length < MOST_IDLE) idle.push(host);
        else host.disconnect();
      });
    });
    // Nobody may read what a command prints.
    this.stdout.resume();
    onTestFinished(async () => {
      if (hasEnded) return;
      this.kill("SIGTERM");
      await Promise.race([this.ended, sleep(LAST_MS)]);
      if (!hasEnded) killWithChildren(host.pid);
    });
    host.send({ args, env: { ...plainEnvironment(), ...env }, cwd });
  }

  get pid(): number | undefined {
    return this.#host.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.#host.kill(signal);
  }
}

function startHost(): ChildProcess {
  const started = fork(HOST, [CLI], {
    env: plainEnvironment(),
    execArgv: [],
    serialization: "advanced",
    // In a process group of its own, as programs are.
    detached: true,
    // Standard output must be a pipe, as it is for `runCli`.
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  // The host ends with this process, which closes the channel. Until then it keeps nothing alive.
  started.unref();
  started.channel?.unref();
  return started;
}
