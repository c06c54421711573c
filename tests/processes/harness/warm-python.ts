import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Socket } from "node:net";
import { realRerun } from "@rerun-ts/test-support/setup/need-rerun";

const HOST = join(import.meta.dirname, "warm-python.py");

/** A Python that has loaded Rerun's package. */
interface Host {
  readonly process: ChildProcess;
  readonly lines: AsyncIterator<string>;
}

let host: Host | undefined;
/** The last program that was started. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the text of a Python program in a process that has loaded Rerun's package for an earlier one, because loading
 * takes most of the time of a program that reads. Programs run one after the other. Returns what the program prints.
 * Programs that log, or whose end matters, need a process of their own.
 *
 * @throws {Error} with the traceback of the program
 */
export function runWarmPython(program: string, args: readonly string[]): Promise<string> {
  const end = last.then(() => runNext([program, ...args]));
  last = end.catch(() => {});
  return end;
}

async function runNext(command: readonly string[]): Promise<string> {
  const { process, lines } = (host ??= startHost());
  process.stdin?.write(`${JSON.stringify(command)}\n`);
  const { value, done } = await lines.next();
  if (done === true) {
    host = undefined;
    const [code] = process.exitCode === null ? ((await once(process, "exit")) as [number | null]) : [process.exitCode];
    throw new Error(`Python ended with ${code} within ${command[0]}`);
  }
  const { stdout, error } = JSON.parse(value) as { readonly stdout?: string; readonly error?: string };
  if (stdout === undefined) throw new Error(error);
  return stdout;
}

function startHost(): Host {
  // Its warnings say nothing about a test, and its errors are in its answers.
  const started = spawn(realRerun().python, [HOST], { stdio: ["pipe", "pipe", "ignore"] });
  // It ends with this process, which closes its standard input. Until then it keeps nothing alive.
  started.unref();
  for (const stream of [started.stdin, started.stdout]) (stream as unknown as Socket).unref();
  return { process: started, lines: createInterface({ input: started.stdout })[Symbol.asyncIterator]() };
}
