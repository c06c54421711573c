import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Socket } from "node:net";
import { realRerun } from "@rerun-ts/test-support/setup/need-rerun";

const HOST = join(import.meta.dirname, "warm_python.py");

/** A Python that has loaded Rerun's package for an earlier program. */
interface Host {
  readonly process: ChildProcess;
  readonly lines: AsyncIterator<string>;
  /** What it has printed since the last program. */
  printed: string;
}

let host: Host | undefined;
/** The program that was started last. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a Python program in a process that stays for the next one, because loading Rerun's package takes longer than
 * most programs. They run one after the other, so each must leave nothing behind.
 *
 * @throws {Error} with the traceback of the program
 */
export function runWarmPython(program: string, args: readonly string[]): Promise<void> {
  const end = last.then(() => runNext([program, ...args]));
  last = end.catch(() => {});
  return end;
}

async function runNext(command: readonly string[]): Promise<void> {
  const running = (host ??= startHost());
  running.printed = "";
  running.process.stdin?.write(`${JSON.stringify(command)}\n`);
  const { value, done } = await running.lines.next();
  if (done === true) {
    host = undefined;
    throw new Error(`Python has ended within ${command[0]}:\n${running.printed}`);
  }
  const error = JSON.parse(value) as string | null;
  if (error !== null) throw new Error(`${command[0]} failed: ${running.printed}${error}`);
}

function startHost(): Host {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  const started = spawn(realRerun().python, [HOST], { env, stdio: ["pipe", "pipe", "pipe"] });
  // It ends with this process, which closes its standard input. Until then it keeps nothing alive.
  started.unref();
  for (const stream of [started.stdin, started.stdout, started.stderr]) (stream as unknown as Socket).unref();
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
  const made: Host = { process: started, lines, printed: "" };
  started.stderr.on("data", (data: Buffer) => (made.printed += data.toString()));
  return made;
}
