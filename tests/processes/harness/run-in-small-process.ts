import { fork, type ChildProcess, type ExecFileOptions } from "node:child_process";
import { join } from "node:path";

const HOST = join(import.meta.dirname, "run-in-small-process.mjs");

/** What a program has printed. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** The answer of the small process. */
interface Answer extends Printed {
  readonly id: number;
  /** The reason why the program has failed. */
  readonly message?: string;
}

let host: ChildProcess | undefined;
let count = 0;
const waiting = new Map<number, (answer: Answer) => void>();

/**
 * Runs a program to its end, as `execFile` does, from a small process: starting a process copies the page tables of its
 * parent, which takes 3 ms for each 100 MB. Many files of tests share the process of a test, which therefore is large.
 *
 * @throws {Error} if the program cannot be started, or fails
 */
export async function runInSmallProcess(
  program: string,
  args: readonly string[],
  options: ExecFileOptions = {},
): Promise<Printed> {
  const running = (host ??= startHost());
  const id = count++;
  const { message, ...printed } = await new Promise<Answer>((resolve) => {
    waiting.set(id, resolve);
    running.send({ id, program, args, options });
  });
  if (message !== undefined) throw Object.assign(new Error(message), printed);
  return printed;
}

function startHost(): ChildProcess {
  const started = fork(HOST, { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
  started.on("message", (answer: Answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  started.on("exit", (code) => {
    host = undefined;
    const message = `the small process ended with ${code}`;
    for (const [id, resolve] of waiting) resolve({ id, message, stdout: "", stderr: "" });
    waiting.clear();
  });
  // It ends with this process, which closes the channel. Until then it keeps nothing alive.
  started.unref();
  started.channel?.unref();
  return started;
}
