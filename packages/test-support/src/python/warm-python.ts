import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Socket } from "node:net";
import { realRerun } from "../setup/need-rerun.ts";

const HOST = join(import.meta.dirname, "warm_python.py");

/** A Python program: a file, or its text. */
export type PythonProgram = { readonly path: string } | { readonly text: string };

/** A Python that has loaded Rerun's package for an earlier program. */
interface Host {
  readonly process: ChildProcess;
  readonly closed: Promise<unknown>;
  readonly lines: AsyncIterator<string>;
  /** Its standard error since the last program. */
  printed: string;
}

let host: Host | undefined;
/** The last program that was started. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a Python program in a process that stays for the next one, because loading Rerun's package takes longer than
 * most programs. They run one after the other, so each must leave nothing behind. Returns what the program has printed.
 *
 * @throws {Error} with the traceback of the program
 */
export function runWarmPython(program: PythonProgram, args: readonly string[]): Promise<string> {
  const end = last.then(() => runNext(program, args));
  last = end.catch(() => {});
  return end;
}

async function runNext(program: PythonProgram, args: readonly string[]): Promise<string> {
  const running = (host ??= startHost());
  running.printed = "";
  running.process.stdin?.write(`${JSON.stringify({ ...program, args })}\n`);
  const { value, done } = await running.lines.next();
  const name = "path" in program ? program.path : "the program";
  if (done === true) {
    host = undefined;
    // All that it has printed is there.
    await running.closed;
    throw new Error(`Python has ended within ${name}:\n${running.printed}`);
  }
  const { stdout, error } = JSON.parse(value) as { readonly stdout: string; readonly error: string | null };
  if (error !== null) throw new Error(`${name} failed: ${stdout}${running.printed}${error}`);
  return stdout;
}

function startHost(): Host {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  const started = spawn(realRerun().python, [HOST], { env, stdio: ["pipe", "pipe", "pipe"] });
  // It ends with this process, which closes its standard input. Until then it keeps nothing alive.
  started.unref();
  for (const stream of [started.stdin, started.stdout, started.stderr]) (stream as unknown as Socket).unref();
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
  const made: Host = { process: started, closed: once(started, "close"), lines, printed: "" };
  started.stderr.on("data", (data: Buffer) => (made.printed += data.toString()));
  return made;
}
