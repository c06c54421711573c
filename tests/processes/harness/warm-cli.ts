import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { plainEnvironment, type ProgramEnd, type ProgramOptions } from "./program.ts";
import { CLI } from "./relay-program.ts";

/** The result of a command. */
export type CommandEnd = Pick<ProgramEnd, "code" | "stdout" | "stderr">;

const HOST = join(import.meta.dirname, "warm-cli.mjs");

let host: ChildProcess | undefined;
/** The last command that was started. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `rerun-ts` in a process that has loaded it for an earlier command of the same file of tests: starting a process
 * takes most of the time of a command. Commands run one after the other. For standard input, signals, terminals and
 * descriptors use `runCli`, which starts a process.
 */
export function runWarmCli(
  args: readonly string[],
  { env, cwd }: Pick<ProgramOptions, "env" | "cwd"> = {},
): Promise<CommandEnd> {
  const end = last.then(() => runNext({ args, env: { ...plainEnvironment(), ...env }, cwd }));
  last = end.catch(() => {});
  return end;
}

async function runNext(command: object): Promise<CommandEnd> {
  const running = (host ??= startHost());
  const ended = new AbortController();
  const { signal } = ended;
  try {
    const answer = once(running, "message", { signal }) as Promise<[CommandEnd]>;
    const failure = once(running, "exit", { signal }).then(([code]) => {
      host = undefined;
      throw new Error(`the process ended with ${code} within ${JSON.stringify(command)}`);
    });
    running.send(command);
    const [end] = (await Promise.race([answer, failure])) as [CommandEnd];
    return { ...end, stdout: Buffer.from(end.stdout) };
  } finally {
    ended.abort();
  }
}

function startHost(): ChildProcess {
  const started = fork(HOST, [CLI], {
    env: plainEnvironment(),
    execArgv: [],
    serialization: "advanced",
    // Standard output must be a pipe, as it is for `runCli`.
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  // The host ends with this process, which closes the channel. Until then it keeps nothing alive.
  started.unref();
  started.channel?.unref();
  return started;
}
